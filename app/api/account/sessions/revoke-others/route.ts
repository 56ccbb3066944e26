import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { revokeOtherSessions } from "@/lib/services/revoke-staff-sessions";

export const POST = route({ access: anyStaff, handle: ({ actor }) => revokeOtherSessions(actor) });
