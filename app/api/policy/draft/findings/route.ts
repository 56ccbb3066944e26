import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { policyReaders } from "@/lib/services/actor";
import { listDraftFindings } from "@/lib/services/list-draft-findings";

export const GET = route({ access: staff(...policyReaders), handle: () => listDraftFindings() });
