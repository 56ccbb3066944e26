import { linkChangeSchema } from "@/lib/contracts/demo";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { demoRoles } from "@/lib/services/actor";
import { changeTestbedLink } from "@/lib/services/change-testbed-link";

export const POST = route({
  access: staff(...demoRoles),
  body: linkChangeSchema,
  status: 202,
  handle: ({ actor, body }) => changeTestbedLink(actor, body),
});
