import { demoDeviceReportSchema } from "@/lib/contracts/demo-devices";
import { device } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { recordDemoReport } from "@/lib/services/record-demo-report";

export const POST = route({
  access: device,
  body: demoDeviceReportSchema,
  maxBytes: 2 * 1024 * 1024,
  handle: async ({ actor, body }) => {
    await recordDemoReport(actor, body);
    return null;
  },
});
