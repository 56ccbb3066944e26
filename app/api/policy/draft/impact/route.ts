import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { policyReaders } from "@/lib/services/actor";
import { estimateImpact } from "@/lib/services/estimate-impact";

export const GET = route({ access: staff(...policyReaders), handle: () => estimateImpact() });
