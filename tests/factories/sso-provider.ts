import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

export type ProviderAccount = { sub: string; email: string; name: string; groups: string[]; isVerified?: boolean };

export type StartedProvider = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Who signs in there next; may be changed. */
  account: ProviderAccount;
  stop: () => Promise<void>;
};

/** A real OpenID Connect provider on the loopback, whose users sign in and consent without a page. */
export async function startProvider(redirectUri: string, account: ProviderAccount): Promise<StartedProvider> {
  const server: Server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [clientId, clientSecret] = ["portal", "a secret between portal and provider"];
  const started: StartedProvider = {
    issuer,
    clientId,
    clientSecret,
    account,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ["keys of a test"] },
    findAccount: (_context, sub) => {
      const { email, name, groups, isVerified = true } = started.account;
      return { accountId: sub, claims: async () => ({ sub, email, name, groups, email_verified: isVerified }) };
    },
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        clientId: context.oidc.client?.clientId ?? "",
        accountId: started.account.sub,
      });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  });
  const answer = provider.callback();
  server.on("request", async (request, response) => {
    if (!request.url?.startsWith("/interaction/")) {
      await answer(request, response);
      return;
    }
    await provider.interactionFinished(request, response, { login: { accountId: started.account.sub } });
  });
  return started;
}
