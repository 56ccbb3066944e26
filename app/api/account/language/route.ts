import { chooseLanguageSchema } from "@/lib/contracts/staff";
import { anyStaff } from "@/lib/http/access";
import { route } from "@/lib/http/api-route";
import { chooseLanguage } from "@/lib/services/choose-language";

export const PUT = route({
  access: anyStaff,
  body: chooseLanguageSchema,
  handle: ({ actor, body }) => chooseLanguage(actor, body.language),
});
