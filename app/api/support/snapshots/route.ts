import { makeSnapshotSchema } from "@/lib/contracts/support";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { subscriberReaders } from "@/lib/services/actor";
import { makeSnapshot } from "@/lib/services/make-snapshot";

export const POST = route({
  access: staff(...subscriberReaders),
  body: makeSnapshotSchema,
  maxBytes: 1024 * 1024,
  status: 201,
  handle: ({ actor, body }) => makeSnapshot(actor, body),
});
