import { enrolRequestSchema } from "@/lib/contracts/subscribers";
import { anyProgram } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { requestSource } from "@/lib/http/request-source";
import { enrolByCode } from "@/lib/services/enrol-by-code";

export const POST = route({
  access: anyProgram,
  body: enrolRequestSchema,
  status: 201,
  handle: ({ body, request }) => enrolByCode({ ...body, source: requestSource(request) }),
});
