import { idParamsSchema } from "@/lib/contracts/portal";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { createStaffLink } from "@/lib/services/create-staff-link";
import { staffRoles } from "@/lib/services/staff-account";

export const POST = route({
  access: staff(...staffRoles),
  params: idParamsSchema,
  status: 201,
  handle: ({ actor, params }) => createStaffLink(actor, params.id),
});
