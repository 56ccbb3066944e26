import { metricsReader } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { readMetrics } from "@/lib/services/read-metrics";

export const GET = route({
  access: metricsReader,
  handle: async () =>
    new Response(await readMetrics(), {
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" },
    }),
});
