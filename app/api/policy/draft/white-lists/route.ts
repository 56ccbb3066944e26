import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { policyReaders } from "@/lib/services/actor";
import { listDraftWhiteLists } from "@/lib/services/list-draft-white-lists";

export const GET = route({ access: staff(...policyReaders), handle: () => listDraftWhiteLists() });
