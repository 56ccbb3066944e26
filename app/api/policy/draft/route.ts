import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { jsonWithEtag } from "@/lib/http/conditional";
import { policyReaders } from "@/lib/services/actor";
import { getDraft } from "@/lib/services/get-draft";

export const GET = route({ access: staff(...policyReaders), handle: async () => jsonWithEtag(await getDraft()) });
