import { idParamsSchema } from "@/lib/contracts/portal";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { listStaffSessions } from "@/lib/services/list-staff-sessions";
import { staffRoles } from "@/lib/services/staff-account";

export const GET = route({
  access: staff(...staffRoles),
  params: idParamsSchema,
  handle: ({ actor, params }) => listStaffSessions(actor, params.id),
});
