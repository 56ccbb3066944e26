import { idParamsSchema } from "@/lib/contracts/portal";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { demoRoles } from "@/lib/services/actor";
import { cancelDemoRun } from "@/lib/services/cancel-demo-run";

export const POST = route({
  access: staff(...demoRoles),
  params: idParamsSchema,
  handle: ({ actor, params }) => cancelDemoRun(actor, params.id),
});
