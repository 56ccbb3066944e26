import { deviceParamsSchema } from "@/lib/contracts/portal";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { subscriberWriters } from "@/lib/services/actor";
import { rotateDevice } from "@/lib/services/rotate-device";

export const POST = route({
  access: staff(...subscriberWriters),
  params: deviceParamsSchema,
  handle: ({ actor, params }) => rotateDevice(actor, params.deviceId),
});
