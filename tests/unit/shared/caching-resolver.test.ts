import { afterEach, describe, expect, it, vi } from "vitest";
import { CachingResolver } from "@/lib/shared/caching-resolver";
import { type DnsAnswer, type StartedDnsServer, startDnsServer } from "../../factories/dns-server";

let dns: StartedDnsServer | null = null;

async function resolverFor(answer: (name: string, family: 4 | 6) => DnsAnswer): Promise<CachingResolver> {
  dns = await startDnsServer(answer);
  return new CachingResolver([dns.server]);
}

afterEach(async () => {
  vi.useRealTimers();
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
    expect(await resolver.resolve("a.example")).toEqual(["192.0.2.1"]);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 29_000 });
    expect(await resolver.resolve("a.example")).toEqual(["192.0.2.1"]);
    vi.setSystemTime(Date.now() + 2000);
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
    const start = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    await resolver.resolve("a.example");
    const asked = dns?.questions.length;
    vi.setSystemTime(start + keptMs);
    await resolver.resolve("a.example");
    expect(dns?.questions).toHaveLength(asked ?? 0);
    vi.setSystemTime(start + askedMs);
    await resolver.resolve("a.example");
    expect(dns?.questions.length).toBeGreaterThan(asked ?? 0);
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
