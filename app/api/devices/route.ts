import { deviceListQuerySchema } from "@/lib/contracts/subscribers";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { subscriberReaders } from "@/lib/services/actor";
import { listDevices } from "@/lib/services/list-devices";

export const GET = route({
  access: staff(...subscriberReaders),
  query: deviceListQuerySchema,
  handle: ({ actor, query }) => listDevices(actor, query),
});
