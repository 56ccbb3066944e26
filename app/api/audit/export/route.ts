import { auditFilterSchema } from "@/lib/contracts/audit";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { csvResponse } from "@/lib/http/csv-response";
import { auditRoles } from "@/lib/services/audit-rows";
import { exportAudit } from "@/lib/services/export-audit";

export const GET = route({
  access: staff(...auditRoles),
  query: auditFilterSchema,
  handle: ({ actor, query }) => csvResponse("audit.csv", exportAudit(actor, query)),
});
