import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import { connection } from "next/server";
import { getLocale, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { PreferencesProvider } from "@/components/shell/preferences";
import { preferenceCookieName, readPreferences } from "@/components/shell/prepare-preferences";
import { StaffProvider } from "@/components/shell/staff";
import { Words } from "@/components/shell/words";
import { currentStaff } from "@/lib/auth/current-staff";
import "./globals.css";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations();
  return {
    title: { default: "Twinpath", template: "%s · Twinpath" },
    description: t("shell.mptcpProxyOverLteAndWifi"),
    robots: { index: false, follow: false },
  };
}

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f7f7f9" },
    { media: "(prefers-color-scheme: dark)", color: "#0b0c0f" },
  ],
};

/** A browser's first number takes it some ten milliseconds: here it waits for the page's own scripts anyway. */
const firstNumber = "new Intl.NumberFormat";

/** Rendered per request: the content security policy's nonce and the theme cookie differ from one to the next. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  await connection();
  const jar = await cookies();
  const locale = await getLocale();
  const staff = await currentStaff().catch(() => null);
  const preferences = readPreferences(jar.get(preferenceCookieName)?.value);
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    <html
      lang={locale}
      data-theme={preferences.theme === "system" ? undefined : preferences.theme}
      data-density={preferences.density}
    >
      <head>
        <script nonce={nonce} suppressHydrationWarning>
          {firstNumber}
        </script>
      </head>
      <body>
        <Words locale={locale}>
          <PreferencesProvider initial={preferences}>
            <StaffProvider me={staff}>{children}</StaffProvider>
          </PreferencesProvider>
        </Words>
      </body>
    </html>
  );
}
