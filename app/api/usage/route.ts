import { usageQuerySchema } from "@/lib/contracts/portal";
import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { usageByMinute } from "@/lib/services/usage-by-minute";

export const GET = route({ access: anyStaff, query: usageQuerySchema, handle: ({ query }) => usageByMinute(query) });
