import { secondFactorCodeSchema } from "@/lib/contracts/staff";
import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { requestSource } from "@/lib/http/request-source";
import { confirmSecondFactor } from "@/lib/services/confirm-second-factor";

export const POST = route({
  access: anyStaff,
  body: secondFactorCodeSchema,
  handle: ({ actor, body, request }) => confirmSecondFactor(actor, { ...body, source: requestSource(request) }),
});
