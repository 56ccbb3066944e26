import { auditListQuerySchema } from "@/lib/contracts/audit";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { auditRoles } from "@/lib/services/audit-rows";
import { listAudit } from "@/lib/services/list-audit";

export const GET = route({
  access: staff(...auditRoles),
  query: auditListQuerySchema,
  handle: ({ actor, query }) => listAudit(actor, query),
});
