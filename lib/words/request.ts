import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { localeCookieName, pickLocale } from "./locale";
import { messagesOf } from "./messages";

/** The language and texts of one request, for the i18n library; the address of a page does not tell the language. */
export default getRequestConfig(async () => {
  const chosen = (await cookies()).get(localeCookieName)?.value;
  const locale = pickLocale(chosen, (await headers()).get("accept-language"));
  return { locale, messages: messagesOf[locale], timeZone: "UTC" };
});
