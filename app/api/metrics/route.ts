import { metricsReader } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { readMetrics } from "@/lib/services/read-metrics";
import { metricContentType } from "@/lib/shared/metric-text";

export const GET = route({
  access: metricsReader,
  handle: async () =>
    new Response(await readMetrics(), {
      headers: { "content-type": metricContentType, "cache-control": "no-store" },
    }),
});
