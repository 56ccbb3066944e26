import { diffQuerySchema, versionParamsSchema } from "@/lib/contracts/policy-admin";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { policyReaders } from "@/lib/services/actor";
import { diffPolicyVersions } from "@/lib/services/diff-policy-versions";

export const GET = route({
  access: staff(...policyReaders),
  params: versionParamsSchema,
  query: diffQuerySchema,
  handle: ({ params, query }) => diffPolicyVersions(params.version, query.against),
});
