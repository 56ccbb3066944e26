import { snapshotParamsSchema } from "@/lib/contracts/support";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { subscriberReaders } from "@/lib/services/actor";
import { openSnapshot } from "@/lib/services/open-snapshot";

export const GET = route({
  access: staff(...subscriberReaders),
  params: snapshotParamsSchema,
  handle: ({ actor, params }) => openSnapshot(actor, params.token),
});
