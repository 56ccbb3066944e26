import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CompiledPolicy, compilePolicy } from "@/lib/policy";
import { normaliseHost } from "@/lib/protocols/host";
import { chooseDestination, type DestinationChoice } from "@/lib/proxy/choose-destination";
import { CachingResolver } from "@/lib/shared/caching-resolver";
import { type StartedDnsServer, startDnsServer } from "../../factories/dns-server";
import { policySnapshot, rule, whiteList } from "../../factories/policy";

const policy = compilePolicy(
  policySnapshot({
    whiteLists: [
      whiteList("names", [
        rule("domain-suffix", "video.example"),
        rule("host", "files.example", [{ from: 443, to: 443 }]),
        rule("host", "localhost"),
      ]),
      whiteList("networks", [rule("cidr", "151.101.1.0/24"), rule("cidr", "10.9.0.0/24")]),
    ],
    allowedPrivateRanges: ["10.9.0.0/24"],
  }),
  ["151.101.1.9"],
);

/** What the DNS says, by name; each question takes the next answer, the last one stays. */
const zone: Record<string, string[][]> = {
  "cdn.video.example": [["93.184.216.34", "93.184.216.35"]],
  "rebind.video.example": [["93.184.216.34"], ["127.0.0.1"]],
  "mixed.video.example": [["169.254.169.254", "93.184.216.34", "192.168.1.1", "10.9.0.5"]],
  "inside.video.example": [["192.168.1.1"]],
  "metadata.video.example": [["169.254.169.254"]],
  "self.video.example": [["151.101.1.9"]],
  "files.example": [["93.184.216.40"]],
  "testbed.video.example": [["10.9.0.5"]],
  "listed.elsewhere.example": [["151.101.1.7", "8.8.4.7"]],
  "unlisted.elsewhere.example": [["8.8.4.7"]],
};

let dns: StartedDnsServer;
let resolver: CachingResolver;

beforeEach(async () => {
  const answers = structuredClone(zone);
  dns = await startDnsServer((name, family) => {
    const left = answers[name];
    if (left === undefined) return null;
    if (family === 6) return { addresses: [], ttlSeconds: 60 };
    const addresses = (left.length > 1 ? left.shift() : left[0]) ?? [];
    return { addresses, ttlSeconds: 60 };
  });
  resolver = new CachingResolver([dns.server]);
});
afterEach(() => dns.close());

async function choose(
  text: string,
  port = 443,
  used: CompiledPolicy | null = policy,
  extraIds: string[] = [],
): Promise<DestinationChoice> {
  const host = normaliseHost(text);
  if (host === null) throw new Error(`${text} is no host`);
  return chooseDestination(used, resolver, { host, port }, new Set(extraIds));
}

const dial = (whiteListId: string, ...addresses: string[]): object => ({
  kind: "dial",
  destination: { addresses, whiteListId, rule: expect.objectContaining({ value: expect.any(String) }) },
});
const refuse = (code: string, socks: number, http: number): object => ({
  kind: "refuse",
  code,
  refusal: { socks, http, text: expect.any(String), ...(code === "no-such-name" ? { errno: "ENOTFOUND" } : {}) },
});

describe("chooseDestination", () => {
  it("says 503 while there is no policy, and asks nobody", async () => {
    expect(await choose("cdn.video.example", 443, null)).toEqual(refuse("no-policy", 1, 503));
    expect(dns.questions).toEqual([]);
  });

  it.each([
    ["cdn.video.example", 443, dial("names", "93.184.216.34", "93.184.216.35")],
    ["testbed.video.example", 80, dial("names", "10.9.0.5")],
    ["listed.elsewhere.example", 443, dial("networks", "151.101.1.7")],
    ["151.101.1.7", 8080, dial("networks", "151.101.1.7")],
    ["10.9.0.5", 80, dial("networks", "10.9.0.5")],
  ])("dials %s port %i", async (host, port, choice) => {
    expect(await choose(host, port)).toEqual(choice);
  });

  it.each([
    ["unlisted.elsewhere.example", 443, refuse("not-white-listed", 2, 403)],
    ["8.8.4.7", 443, refuse("not-white-listed", 2, 403)],
    ["203.0.113.7", 443, refuse("private-range", 2, 403)],
    ["93.184.216.34", 443, refuse("not-white-listed", 2, 403)],
    ["files.example", 80, refuse("port-refused", 2, 403)],
    ["cdn.video.example", 25, refuse("port-refused", 2, 403)],
    ["151.101.1.7", 25, refuse("port-refused", 2, 403)],
    ["inside.video.example", 443, refuse("private-range", 2, 403)],
    ["metadata.video.example", 80, refuse("private-range", 2, 403)],
    ["self.video.example", 443, refuse("own-address", 2, 403)],
    ["151.101.1.9", 443, refuse("own-address", 2, 403)],
    ["127.0.0.1", 443, refuse("private-range", 2, 403)],
    ["0x7f.1", 443, refuse("private-range", 2, 403)],
    ["::ffff:127.0.0.1", 443, refuse("private-range", 2, 403)],
    ["localhost", 443, refuse("private-range", 2, 403)],
    ["nobody.video.example", 443, refuse("no-such-name", 4, 502)],
    ["nobody.elsewhere.invalid", 443, refuse("no-such-name", 4, 502)],
  ])("refuses %s port %i", async (host, port, choice) => {
    expect(await choose(host, port)).toEqual(choice);
  });

  it("asks the DNS for no name that a port or a list refuses already", async () => {
    await choose("cdn.video.example", 25);
    await choose("151.101.1.7");
    const namesOnly = compilePolicy(policySnapshot({ whiteLists: [whiteList("n", [rule("host", "files.example")])] }));
    expect(await choose("listed.elsewhere.example", 443, namesOnly)).toEqual(refuse("not-white-listed", 2, 403));
    expect(dns.questions).toEqual([]);
  });

  it("dials only the addresses that passed, of many", async () => {
    expect(await choose("mixed.video.example")).toEqual(dial("names", "93.184.216.34", "10.9.0.5"));
  });

  it("is not led elsewhere by a second answer", async () => {
    expect(await choose("rebind.video.example")).toEqual(dial("names", "93.184.216.34"));
    const later = new CachingResolver([dns.server]);
    const host = normaliseHost("rebind.video.example");
    if (host === null) throw new Error("no host");
    expect(await chooseDestination(policy, later, { host, port: 443 }, new Set())).toEqual(
      refuse("private-range", 2, 403),
    );
  });
});
