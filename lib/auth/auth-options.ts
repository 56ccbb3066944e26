import type { NextAuthOptions, Session, User } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import * as z from "zod";
import { checkSignIn } from "@/lib/services/check-sign-in";
import { signInByProvider } from "@/lib/services/sign-in-by-provider";
import {
  absoluteSessionMs,
  createStaffSession,
  findStaffSession,
  revokeStaffSession,
  type SignInOrigin,
} from "@/lib/services/staff-sessions";
import { requireEnv } from "@/lib/shared/env";
import { errorCode } from "@/lib/shared/errors";
import { sessionCookie } from "./session-cookie";
import { identityOf, readSingleSignOn, singleSignOnProvider } from "./single-sign-on";

const credentialsSchema = z.object({
  email: z.string().max(254),
  password: z.string().max(256),
  code: z.string().max(20).default(""),
});

const tryMaxAgeS = 900;

/** Who signs in, and from where: what the session keeps of it. */
type SigningIn = User & Partial<SignInOrigin>;

/** The address is the nearest hop's word; what a client says before it may be made up. */
export function originOf(headers: Record<string, unknown> | undefined): SignInOrigin {
  const text = (name: string): string => (typeof headers?.[name] === "string" ? headers[name] : "");
  const address = text("x-forwarded-for").split(",").at(-1)?.trim() ?? "";
  return { address: address === "" ? "unknown" : address, browser: text("user-agent") };
}

const unknownOrigin: SignInOrigin = { address: "unknown", browser: "" };
/** What goes to the provider and comes back belongs to one try. */
const tryCookie = (part: "pkce" | "state" | "nonce") => {
  const { name, options } = sessionCookie(part);
  return { name, options: { ...options, maxAge: tryMaxAgeS } };
};

async function authorise(input: unknown, headers: Record<string, unknown> | undefined): Promise<SigningIn | null> {
  const credentials = credentialsSchema.safeParse(input);
  if (!credentials.success) return null;
  const origin = originOf(headers);
  try {
    const { id, name, email } = await checkSignIn({ ...credentials.data, source: origin.address });
    return { id, name, email, ...origin };
  } catch (error) {
    if (errorCode(error) === "SIGN_IN_REFUSED") return null;
    // next-auth hands this text to the page as `error`; it must be one word and tell nothing else.
    throw new Error(errorCode(error) ?? "SIGN_IN_FAILED", { cause: error });
  }
}

/**
 * How staff sign in. The browser's token only names a row of `staff_sessions` (claim `sid`): whether it still counts,
 * and with which role, is read there at each request. next-auth writes a new `jti` whenever it renews the token, so
 * that claim cannot be the name.
 *
 * Errors: AppError ENV_MISSING without NEXTAUTH_SECRET or NEXTAUTH_URL.
 */
export function authOptions(origin: SignInOrigin = unknownOrigin): NextAuthOptions {
  const sso = readSingleSignOn();
  return {
    secret: requireEnv("NEXTAUTH_SECRET"),
    session: { strategy: "jwt", maxAge: absoluteSessionMs / 1000 },
    useSecureCookies: sessionCookie("session").options.secure,
    cookies: {
      sessionToken: sessionCookie("session"),
      csrfToken: sessionCookie("csrf"),
      callbackUrl: sessionCookie("callback"),
      pkceCodeVerifier: tryCookie("pkce"),
      state: tryCookie("state"),
      nonce: tryCookie("nonce"),
    },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    providers: [
      CredentialsProvider({
        credentials: { email: { type: "email" }, password: { type: "password" }, code: { type: "text" } },
        authorize: (input, request) => authorise(input, request.headers),
      }),
      ...(sso === null ? [] : [singleSignOnProvider(sso)]),
    ],
    callbacks: {
      signIn: async ({ user, account, profile }) => {
        if (account?.type !== "oauth") return true;
        if (sso === null || profile === undefined) return false;
        try {
          const { id } = await signInByProvider(identityOf({ ...profile }, sso));
          Object.assign(user, { id, ...origin });
          return true;
        } catch (error) {
          const code = errorCode(error) ?? "";
          if (!code.startsWith("SSO_")) throw error;
          return `/sign-in?error=${code}`;
        }
      },
      jwt: async ({ token, user }) => {
        if (user === undefined) return token;
        const { id, address = "", browser = "" }: SigningIn = user;
        return { sub: id, sid: await createStaffSession(id, { address, browser }) };
      },
      session: async ({ session, token }) => {
        const staff = typeof token["sid"] === "string" ? await findStaffSession(token["sid"]) : null;
        // An empty answer is next-auth's way to say that nobody is signed in.
        if (staff === null) return {} as Session;
        return { expires: session.expires, user: { name: staff.name, email: staff.email } };
      },
    },
    events: {
      signOut: async ({ token }) => {
        if (typeof token?.["sid"] === "string")
          await revokeStaffSession(token["sid"], `staff:${token.sub ?? "unknown"}`);
      },
    },
  };
}
