import { idParamsSchema } from "@/lib/contracts/portal";
import { revokeSessionsSchema } from "@/lib/contracts/staff";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { revokeStaffSessions } from "@/lib/services/revoke-staff-sessions";
import { staffRoles } from "@/lib/services/staff-account";

export const POST = route({
  access: staff(...staffRoles),
  params: idParamsSchema,
  body: revokeSessionsSchema,
  handle: ({ actor, params, body }) => revokeStaffSessions(actor, { staffId: params.id, ...body }),
});
