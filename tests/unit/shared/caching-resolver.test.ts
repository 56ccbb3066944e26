import { Resolver } from "node:dns/promises";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { CachingResolver } from "@/lib/shared/caching-resolver";
import { type AnswerDns, type DnsAnswer, type StartedDnsServer, startDnsServer } from "../../factories/dns-server";

let dns: StartedDnsServer | null = null;

async function resolverFor(answer: AnswerDns): Promise<CachingResolver> {
  dns = await startDnsServer(answer);
  return new CachingResolver([dns.server]);
}

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await dns?.close();
  dns = null;
});

describe("CachingResolver", () => {
  it("alternates IPv6 and IPv4, IPv6 first", async () => {
    const resolver = await resolverFor((_, family) => ({
      addresses: family === 6 ? ["2001:db8::1"] : ["192.0.2.1", "192.0.2.2", "192.0.2.3"],
      ttlSeconds: 60,
    }));
    expect(await resolver.resolve("a.example")).toEqual(["2001:db8::1", "192.0.2.1", "192.0.2.2", "192.0.2.3"]);
  });

  it("keeps an answer for its TTL, and asks again after it", async () => {
    let last = 0;
    const resolver = await resolverFor((_, family) => {
      if (family === 6) return { addresses: [], ttlSeconds: 60 };
      last += 1;
      return { addresses: [`192.0.2.${last}`], ttlSeconds: 30 };
    });
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    expect(await resolver.resolve("a.example")).toEqual(["192.0.2.1"]);
    vi.advanceTimersByTime(29_000);
    expect(await resolver.resolve("a.example")).toEqual(["192.0.2.1"]);
    vi.setSystemTime(Date.now() - 3_600_000);
    vi.advanceTimersByTime(2000);
    expect(await resolver.resolve("a.example")).toEqual(["192.0.2.2"]);
  });

  it.each([
    ["a TTL of 0 for a second", 0, 900, 1100],
    ["a TTL of a year for five minutes", 31_536_000, 299_000, 301_000],
  ])("keeps %s", async (_, ttlSeconds, keptMs, askedMs) => {
    const resolver = await resolverFor((_name, family) => ({
      addresses: family === 4 ? ["192.0.2.1"] : [],
      ttlSeconds,
    }));
    vi.useFakeTimers({ toFake: ["performance"] });
    await resolver.resolve("a.example");
    const asked = dns?.questions.length;
    vi.advanceTimersByTime(keptMs);
    await resolver.resolve("a.example");
    expect(dns?.questions).toHaveLength(asked ?? 0);
    vi.advanceTimersByTime(askedMs - keptMs);
    await resolver.resolve("a.example");
    expect(dns?.questions.length).toBeGreaterThan(asked ?? 0);
  });

  it("does not wait for IPv6 addresses that stay away, and knows them once they come", async () => {
    let answer6: (answer: DnsAnswer) => void = () => {};
    const late = new Promise<DnsAnswer>((resolve) => {
      answer6 = resolve;
    });
    const ipv4: DnsAnswer = { addresses: ["192.0.2.1"], ttlSeconds: 60 };
    const resolver = await resolverFor((_, family) => (family === 6 ? late : ipv4));
    const began = performance.now();
    expect(await resolver.resolve("a.example")).toEqual(["192.0.2.1"]);
    expect(performance.now() - began).toBeLessThan(1500);
    answer6({ addresses: ["2001:db8::1"], ttlSeconds: 60 });
    await vi.waitFor(async () => expect(await resolver.resolve("a.example")).toEqual(["2001:db8::1", "192.0.2.1"]));
    expect(new Set(dns?.questions)).toEqual(new Set(["a.example"]));
  });

  it("waits for IPv6 addresses where there are no others", async () => {
    const resolver = await resolverFor(async (_, family) => {
      if (family === 4) return { addresses: [], ttlSeconds: 60 };
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { addresses: ["2001:db8::1"], ttlSeconds: 60 };
    });
    expect(await resolver.resolve("a.example")).toEqual(["2001:db8::1"]);
  });

  it("asks other servers, and anew, once the system names others", async () => {
    const folder = mkdtempSync(join(tmpdir(), "resolver-"));
    const file = join(folder, "resolv.conf");
    writeFileSync(file, "nameserver 192.0.2.53\n");
    vi.useFakeTimers({ toFake: ["performance"] });
    vi.spyOn(Resolver.prototype, "resolve6").mockResolvedValue([]);
    const asked = vi.spyOn(Resolver.prototype, "resolve4").mockResolvedValue([{ address: "192.0.2.1", ttl: 60 }]);
    const resolver = new CachingResolver(null, file);
    for (let times = 0; times < 2; times += 1) await resolver.resolve("a.example");
    expect(asked).toHaveBeenCalledTimes(1);
    utimesSync(file, 1, 1);
    await resolver.resolve("a.example");
    expect(asked).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(2001);
    await resolver.resolve("a.example");
    expect(new Set(asked.mock.contexts).size).toBe(2);
    rmSync(folder, { recursive: true });
  });

  it("asks once for many that want the same name at once", async () => {
    const resolver = await resolverFor((_, family) => ({
      addresses: family === 4 ? ["192.0.2.1"] : [],
      ttlSeconds: 9,
    }));
    await Promise.all(Array.from({ length: 50 }, () => resolver.resolve("a.example")));
    expect(dns?.questions).toHaveLength(2);
  });

  it("finds names of the hosts file that the DNS does not know", async () => {
    const resolver = await resolverFor(() => null);
    const addresses = await resolver.resolve("localhost");
    expect(["127.0.0.1", "::1"]).toEqual(expect.arrayContaining(addresses));
  });

  it("says ENOTFOUND for a name that nobody knows", async () => {
    const resolver = await resolverFor(() => null);
    await expect(resolver.resolve("nobody.invalid")).rejects.toMatchObject({ code: "ENOTFOUND" });
    await expect(resolver.resolve("nobody.invalid")).rejects.toMatchObject({ code: "ENOTFOUND" });
  });
});
