import { meOf } from "@/lib/auth/me-of";
import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";

export const GET = route({
  access: anyStaff,
  handle: async ({ actor }) => meOf(actor),
});
