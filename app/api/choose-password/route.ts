import { choosePasswordSchema } from "@/lib/contracts/staff";
import { anyone } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { choosePassword } from "@/lib/services/choose-password";

export const POST = route({ access: anyone, body: choosePasswordSchema, handle: ({ body }) => choosePassword(body) });
