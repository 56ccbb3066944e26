import { pageQuerySchema } from "@/lib/contracts/portal";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { policyReaders } from "@/lib/services/actor";
import { listPolicyVersions } from "@/lib/services/list-policy-versions";

export const GET = route({
  access: staff(...policyReaders),
  query: pageQuerySchema,
  handle: ({ query }) => listPolicyVersions(query),
});
