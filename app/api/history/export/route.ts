import { historyQuerySchema } from "@/lib/contracts/history";
import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { csvResponse } from "@/lib/http/csv-response";
import { exportHistory } from "@/lib/services/export-history";

export const GET = route({
  access: anyStaff,
  query: historyQuerySchema,
  handle: async ({ query }) => csvResponse(`history-by-${query.by}.csv`, exportHistory(query)),
});
