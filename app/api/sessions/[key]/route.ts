import { sessionKeyParamsSchema } from "@/lib/contracts/portal";
import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { getSession } from "@/lib/services/get-session";

export const GET = route({
  access: anyStaff,
  params: sessionKeyParamsSchema,
  handle: ({ params }) => getSession(params.key),
});
