import { idParamsSchema } from "@/lib/contracts/portal";
import { removeSecondFactorSchema } from "@/lib/contracts/staff";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { removeSecondFactor } from "@/lib/services/remove-second-factor";
import { staffRoles } from "@/lib/services/staff-account";

export const POST = route({
  access: staff(...staffRoles),
  params: idParamsSchema,
  body: removeSecondFactorSchema,
  handle: ({ actor, params, body }) => removeSecondFactor(actor, { staffId: params.id, reason: body.reason }),
});
