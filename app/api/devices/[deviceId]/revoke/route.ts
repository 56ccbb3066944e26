import { deviceParamsSchema } from "@/lib/contracts/portal";
import { deviceReasonSchema } from "@/lib/contracts/subscribers";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { subscriberWriters } from "@/lib/services/actor";
import { revokeDevice } from "@/lib/services/revoke-device";

export const POST = route({
  access: staff(...subscriberWriters),
  params: deviceParamsSchema,
  body: deviceReasonSchema,
  handle: ({ actor, params, body }) => revokeDevice(actor, { deviceId: params.deviceId, reason: body.reason }),
});
