import { testbedReportSchema } from "@/lib/contracts/demo";
import { testbedNode } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { recordTestbedReport } from "@/lib/services/record-testbed-report";

export const POST = route({
  access: testbedNode,
  body: testbedReportSchema,
  maxBytes: 2 * 1024 * 1024,
  handle: async ({ actor, body }) => {
    await recordTestbedReport(actor, body);
    return null;
  },
});
