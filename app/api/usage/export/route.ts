import { usageExportQuerySchema } from "@/lib/contracts/portal";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { csvResponse } from "@/lib/http/csv-response";
import { subscriberWriters } from "@/lib/services/actor";
import { exportUsage } from "@/lib/services/export-usage";

export const GET = route({
  access: staff(...subscriberWriters),
  query: usageExportQuerySchema,
  handle: ({ actor, query }) => csvResponse(`usage-${query.from}-${query.to}.csv`, exportUsage(actor, query)),
});
