import { staffInputSchema, staffListQuerySchema } from "@/lib/contracts/staff";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { createStaff } from "@/lib/services/create-staff";
import { listStaff } from "@/lib/services/list-staff";
import { staffRoles } from "@/lib/services/staff-account";

export const GET = route({
  access: staff(...staffRoles),
  query: staffListQuerySchema,
  handle: ({ actor, query }) => listStaff(actor, query),
});

export const POST = route({
  access: staff(...staffRoles),
  body: staffInputSchema,
  status: 201,
  handle: ({ actor, body }) => createStaff(actor, body),
});
