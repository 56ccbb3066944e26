import { setupRequestSchema } from "@/lib/contracts/portal";
import { anyone } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { completeSetup } from "@/lib/services/complete-setup";

export const POST = route({
  access: anyone,
  body: setupRequestSchema,
  status: 201,
  handle: ({ body }) => completeSetup(body),
});
