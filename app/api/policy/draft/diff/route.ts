import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { policyReaders } from "@/lib/services/actor";
import { diffDraft } from "@/lib/services/diff-policy-versions";

export const GET = route({ access: staff(...policyReaders), handle: () => diffDraft() });
