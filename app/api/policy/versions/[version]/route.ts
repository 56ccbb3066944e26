import { versionParamsSchema } from "@/lib/contracts/policy-admin";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { policyReaders } from "@/lib/services/actor";
import { getPolicyVersion } from "@/lib/services/get-policy-version";

export const GET = route({
  access: staff(...policyReaders),
  params: versionParamsSchema,
  handle: ({ params }) => getPolicyVersion(params.version),
});
