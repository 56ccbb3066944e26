import { changePasswordSchema } from "@/lib/contracts/staff";
import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { requestSource } from "@/lib/http/request-source";
import { changePassword } from "@/lib/services/change-password";

export const POST = route({
  access: anyStaff,
  body: changePasswordSchema,
  handle: ({ actor, body, request }) => changePassword(actor, { ...body, source: requestSource(request) }),
});
