import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { readFirstSteps } from "@/lib/services/read-first-steps";

export const GET = route({ access: anyStaff, handle: ({ actor }) => readFirstSteps(actor.id) });
