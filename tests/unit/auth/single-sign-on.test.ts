import { afterEach, describe, expect, it, vi } from "vitest";
import { identityOf, readSingleSignOn, type SingleSignOn } from "@/lib/auth/single-sign-on";

afterEach(() => vi.unstubAllEnvs());

const complete = {
  TWINPATH_SSO_ISSUER: "https://id.example/realms/staff/",
  TWINPATH_SSO_CLIENT_ID: "portal",
  TWINPATH_SSO_CLIENT_SECRET: "hidden",
  TWINPATH_SSO_ROLES: "noc = operator, CN=Help,OU=Desk=support".replace(",OU", ";OU"),
};

function read(changes: Record<string, string | undefined> = {}): SingleSignOn | null {
  for (const [name, value] of Object.entries({ ...complete, ...changes })) vi.stubEnv(name, value);
  return readSingleSignOn();
}

describe("the single sign-on", () => {
  it("is off unless it is configured", () => {
    expect(read(Object.fromEntries(Object.keys(complete).map((name) => [name, undefined])))).toBeNull();
  });

  it.each(Object.keys(complete))("names what is missing without %s", (name) => {
    expect(() => read({ [name]: undefined })).toThrow(/TWINPATH_SSO_ISSUER, .*TWINPATH_SSO_ROLES/);
  });

  it.each([
    ["TWINPATH_SSO_ISSUER", "http://id.example"],
    ["TWINPATH_SSO_ISSUER", "id.example"],
    ["TWINPATH_SSO_ROLES", "noc"],
    ["TWINPATH_SSO_ROLES", "noc=king"],
    ["TWINPATH_SSO_ROLES", "=admin"],
  ])("refuses %s=%s at the start", (name, value) => {
    expect(() => read({ [name]: value })).toThrow(name);
  });

  it("has the issuer without its last slash, and groups with an equals sign", () => {
    const sso = read();
    expect(sso?.issuer).toBe("https://id.example/realms/staff");
    expect([...(sso?.roleOf ?? [])]).toEqual([
      ["noc", "operator"],
      ["CN=Help;OU=Desk", "support"],
    ]);
  });
});

describe("an identity", () => {
  const of = (claims: object, changes = {}) => {
    const sso = read(changes);
    if (sso === null) throw new Error("single sign-on is off");
    return identityOf({ sub: "1", email: "A@example.org", name: "A", ...claims }, sso);
  };

  it.each([
    [{ groups: ["noc"] }, "operator"],
    [{ groups: ["CN=Help;OU=Desk", "noc"] }, "operator"],
    [{ groups: "noc" }, "operator"],
    [{ groups: ["NOC"] }, null],
    [{ groups: [] }, null],
    [{ groups: [{ name: "noc" }, 5, null] }, null],
    [{}, null],
  ])("of %j has the role %s", (claims, role) => {
    expect(of(claims).role).toBe(role);
  });

  it("reads the claim that is configured", () => {
    expect(of({ roles: ["noc"] }, { TWINPATH_SSO_GROUPS_CLAIM: "roles" }).role).toBe("operator");
  });

  it("has an address only where the provider vouches for it", () => {
    expect(of({}).email).toBe("a@example.org");
    expect(of({ email_verified: false }).email).toBeNull();
    expect(of({ email: undefined }).email).toBeNull();
  });

  it.each([{ sub: "" }, { sub: 5 }, { email: "no address" }, { email_verified: "yes" }])("refuses %j", (claims) => {
    expect(() => of(claims)).toThrow(/ID token/);
  });
});
