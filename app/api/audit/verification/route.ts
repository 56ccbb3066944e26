import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { auditRoles } from "@/lib/services/audit-rows";
import { verifyAudit } from "@/lib/services/verify-audit";

export const GET = route({ access: staff(...auditRoles), handle: ({ actor }) => verifyAudit(actor) });
