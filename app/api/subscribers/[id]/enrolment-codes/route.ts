import { idParamsSchema } from "@/lib/contracts/portal";
import { staff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { subscriberWriters } from "@/lib/services/actor";
import { createEnrolmentCode } from "@/lib/services/create-enrolment-code";

export const POST = route({
  access: staff(...subscriberWriters),
  params: idParamsSchema,
  status: 201,
  handle: ({ actor, params }) => createEnrolmentCode(actor, params.id),
});
