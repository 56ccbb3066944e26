import { idParamsSchema } from "@/lib/contracts/portal";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { demoRoles } from "@/lib/services/actor";
import { revokeDemoShare } from "@/lib/services/revoke-demo-share";

export const POST = route({
  access: staff(...demoRoles),
  params: idParamsSchema,
  handle: ({ actor, params }) => revokeDemoShare(actor, params.id),
});
