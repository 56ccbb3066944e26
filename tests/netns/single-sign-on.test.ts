import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditListSchema } from "@/lib/contracts/audit";
import { meSchema } from "@/lib/contracts/portal";
import { staffListSchema } from "@/lib/contracts/staff";
import { CookieJar } from "../factories/cookie-jar";
import { freePort } from "../factories/free-port";
import { type StartedProvider, startProvider } from "../factories/sso-provider";
import { SignedInStaff } from "../factories/started-demo";
import { type StartedProduct, startProduct } from "../factories/started-product";

const ana = { sub: "ana-1", email: "Ana@Example.org", name: "Ana Amsel", groups: ["everybody", "network-operators"] };

let provider: StartedProvider;
let product: StartedProduct;
let admin: SignedInStaff;

beforeAll(async () => {
  const port = await freePort();
  provider = await startProvider(`http://127.0.0.1:${port}/api/auth/callback/sso`, { ...ana });
  product = await startProduct({
    port,
    env: {
      TWINPATH_SSO_ISSUER: provider.issuer,
      TWINPATH_SSO_CLIENT_ID: provider.clientId,
      TWINPATH_SSO_CLIENT_SECRET: provider.clientSecret,
      TWINPATH_SSO_ROLES: "network-operators=operator, help-desk=support",
      TWINPATH_SSO_NAME: "Operator ID",
    },
  });
  admin = await SignedInStaff.byLink(product);
});
afterAll(async () => {
  await product?.stop();
  await provider?.stop();
});

/** Press the sign-in page's button and go where it leads. */
async function signIn(jar = new CookieJar()): Promise<{ jar: CookieJar; url: URL }> {
  const { portalUrl } = product;
  const { csrfToken } = await (await jar.ask(`${portalUrl}/api/auth/csrf`)).json();
  const form = new URLSearchParams({ csrfToken, callbackUrl: `${portalUrl}/nodes`, json: "true" });
  const answer = await jar.ask(`${portalUrl}/api/auth/signin/sso`, {
    method: "POST",
    headers: { origin: portalUrl, "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  });
  const { url: first } = await answer.json();
  const asked = new URL(first).searchParams;
  expect(asked.get("code_challenge_method")).toBe("S256");
  expect([...asked.keys()]).toEqual(expect.arrayContaining(["state", "nonce", "code_challenge"]));
  const { url } = await jar.follow(first);
  return { jar, url };
}

const me = async (jar: CookieJar) => meSchema.parse(await (await jar.ask(`${product.portalUrl}/api/me`)).json());

describe("single sign-on", () => {
  it("is offered on the sign-in page by its name", async () => {
    const page = await (await fetch(`${product.portalUrl}/sign-in`)).text();
    expect(page).toContain("Operator ID");
  });

  it("asks with PKCE, state and nonce, makes the account with its group's role, and leads where one wanted to go", async () => {
    const jar = new CookieJar();
    const { url } = await signIn(jar);
    expect(url.href).toBe(`${product.portalUrl}/nodes`);
    expect(await me(jar)).toMatchObject({ name: "Ana Amsel", email: "ana@example.org", role: "operator" });
    const { items } = auditListSchema.parse(await admin.call("GET", "/api/audit?limit=50"));
    expect(items.map(({ action }) => action)).toContain("staff.create");
    const staff = staffListSchema.parse(await admin.call("GET", "/api/staff"));
    expect(staff.items.find(({ email }) => email === "ana@example.org")).toMatchObject({ state: "active" });
  });

  it("gives the role of the groups of now at each sign-in, to the same account", async () => {
    const before = await me((await signIn()).jar);
    provider.account = { ...ana, email: "new@example.org", groups: ["help-desk"] };
    const after = await me((await signIn()).jar);
    expect(after).toMatchObject({ id: before.id, role: "support", email: "ana@example.org" });
  });

  it.each([
    [
      "nobody of a group without a role",
      { ...ana, sub: "bo", email: "bo@example.org", groups: ["everybody"] },
      "SSO_NO_ROLE",
    ],
    ["nobody whose address a local account has", { ...ana, sub: "cy", email: "first@example.org" }, "SSO_EMAIL_TAKEN"],
    [
      "nobody without an address that is vouched for",
      { ...ana, sub: "di", email: "di@example.org", isVerified: false },
      "SSO_NO_EMAIL",
    ],
  ])("lets in %s, and says why", async (_, account, code) => {
    provider.account = account;
    const { jar, url } = await signIn();
    expect(`${url.pathname}${url.search}`).toBe(`/sign-in?error=${code}`);
    expect((await jar.ask(`${product.portalUrl}/api/me`)).status).toBe(401);
  });

  it("lets in nobody whose account was disabled here", async () => {
    provider.account = { ...ana };
    const { items } = staffListSchema.parse(await admin.call("GET", "/api/staff"));
    const found = items.find(({ email }) => email === "ana@example.org");
    const change = { name: "Ana Amsel", role: "operator", isDisabled: true, reason: "a test" };
    await admin.call("PUT", `/api/staff/${found?.id}`, change, { "if-match": `"${found?.etag}"` });
    expect((await signIn()).url.search).toBe("?error=SSO_DISABLED");
  });

  it("takes no answer of the provider that this browser did not ask for", async () => {
    const callback = `${product.portalUrl}/api/auth/callback/sso?code=stolen&state=made-up`;
    const jar = new CookieJar();
    const { url } = await jar.follow(callback);
    expect(url.pathname).toBe("/sign-in");
    expect((await jar.ask(`${product.portalUrl}/api/me`)).status).toBe(401);
  });

  it("leaves local accounts as they are, also while the provider is away", async () => {
    await provider.stop();
    const again = await SignedInStaff.again(product);
    expect(await again.call("GET", "/api/me")).toMatchObject({ role: "admin" });
  });
});
