import { beginSecondFactorSchema } from "@/lib/contracts/staff";
import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { requestSource } from "@/lib/http/request-source";
import { beginSecondFactor } from "@/lib/services/begin-second-factor";
import { getSecondFactor } from "@/lib/services/second-factor";

export const GET = route({ access: anyStaff, handle: ({ actor }) => getSecondFactor(actor) });

export const POST = route({
  access: anyStaff,
  body: beginSecondFactorSchema,
  status: 201,
  handle: ({ actor, body, request }) => beginSecondFactor(actor, { ...body, source: requestSource(request) }),
});
