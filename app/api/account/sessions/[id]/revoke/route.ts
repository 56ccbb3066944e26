import { idParamsSchema } from "@/lib/contracts/portal";
import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { revokeOwnSession } from "@/lib/services/revoke-staff-sessions";

export const POST = route({
  access: anyStaff,
  params: idParamsSchema,
  handle: ({ actor, params }) => revokeOwnSession(actor, params.id),
});
