import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { currentStaff } from "@/lib/auth/current-staff";
import { localeCookieName, pickLocale } from "@/lib/words/locale";
import { messagesOf } from "@/lib/words/messages";

/** The language and texts of one request, for the i18n library; the address of a page does not tell the language. */
export default getRequestConfig(async () => {
  // Pages for strangers are there while the database is not.
  const staff = await currentStaff().catch(() => null);
  const chosen = staff?.language ?? (await cookies()).get(localeCookieName)?.value;
  const locale = pickLocale(chosen, (await headers()).get("accept-language"));
  return { locale, messages: messagesOf[locale], timeZone: "UTC" };
});
