import { idParamsSchema } from "@/lib/contracts/portal";
import { staffChangeSchema } from "@/lib/contracts/staff";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { jsonWithEtag, preconditionOf } from "@/lib/http/conditional";
import { changeStaff } from "@/lib/services/change-staff";
import { staffRoles } from "@/lib/services/staff-account";

export const PUT = route({
  access: staff(...staffRoles),
  params: idParamsSchema,
  body: staffChangeSchema,
  handle: async ({ actor, params, body, request }) =>
    jsonWithEtag(await changeStaff(actor, { id: params.id, change: body, precondition: preconditionOf(request) })),
});
