import { telemetryBatchSchema } from "@/lib/contracts/telemetry";
import { proxyNode } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { recordTelemetry } from "@/lib/services/record-telemetry";

export const POST = route({
  access: proxyNode,
  body: telemetryBatchSchema,
  maxBytes: 16 * 1024 * 1024,
  handle: ({ actor, body }) => recordTelemetry(actor, body),
});
