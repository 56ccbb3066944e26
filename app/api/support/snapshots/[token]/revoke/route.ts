import { snapshotParamsSchema } from "@/lib/contracts/support";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { subscriberReaders } from "@/lib/services/actor";
import { revokeSnapshot } from "@/lib/services/revoke-snapshot";

export const POST = route({
  access: staff(...subscriberReaders),
  params: snapshotParamsSchema,
  handle: ({ actor, params }) => revokeSnapshot(actor, params.token),
});
