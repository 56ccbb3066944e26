import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";

export const GET = route({
  access: anyStaff,
  handle: async ({ actor: { id, name, email, role } }) => ({ id, name, email, role }),
});
