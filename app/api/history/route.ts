import { historyQuerySchema } from "@/lib/contracts/history";
import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { readHistory } from "@/lib/services/read-history";

export const GET = route({ access: anyStaff, query: historyQuerySchema, handle: ({ query }) => readHistory(query) });
