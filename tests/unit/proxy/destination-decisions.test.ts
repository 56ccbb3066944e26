import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { compilePolicy } from "@/lib/policy";
import { DestinationDecisions } from "@/lib/proxy/datagrams/destination-decisions";
import { CachingResolver } from "@/lib/shared/caching-resolver";
import { type StartedDnsServer, startDnsServer } from "../../factories/dns-server";
import { entitlement, policySnapshot, rule, whiteList } from "../../factories/policy";

const snapshot = policySnapshot({ whiteLists: [whiteList("names", [rule("domain-suffix", "video.example")])] });
const policy = compilePolicy(snapshot);
const device = entitlement("ue");
const host = { kind: "name", name: "cdn.video.example" } as const;

let dns: StartedDnsServer;
let addresses: string[];
let decisions: DestinationDecisions;
beforeEach(async () => {
  dns = await startDnsServer((_, family) => ({ addresses: family === 4 ? addresses : [], ttlSeconds: 1 }));
  decisions = new DestinationDecisions({ policyFor: () => policy }, new CachingResolver([dns.server]), () => {});
});
afterEach(async () => {
  vi.useRealTimers();
  await dns.close();
});

const decide = async (): Promise<string | undefined> => (await decisions.decide(device, host, 443))?.address;

it("stays with an address while the name has it, in whatever order, and leaves it where it has not", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const [one, other] = ["93.184.216.34", "93.184.216.35"];
  addresses = [one, other];
  expect(await decide()).toBe(one);
  addresses = [other, one];
  vi.advanceTimersByTime(31_000);
  expect(await decide()).toBe(one);
  vi.advanceTimersByTime(31_000);
  expect(await decide()).toBe(one);
  expect(dns.questions.length).toBeGreaterThanOrEqual(6);
  addresses = [other];
  vi.advanceTimersByTime(31_000);
  expect(await decide()).toBe(other);
});
