import { alertParamsSchema } from "@/lib/contracts/alerts";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { acknowledgeAlert } from "@/lib/services/acknowledge-alert";
import { alertRoles } from "@/lib/services/alert-rules";

export const POST = route({
  access: staff(...alertRoles),
  params: alertParamsSchema,
  handle: ({ actor, params }) => acknowledgeAlert(actor, params.id),
});
