import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { listOwnSessions } from "@/lib/services/list-staff-sessions";

export const GET = route({ access: anyStaff, handle: ({ actor }) => listOwnSessions(actor) });
