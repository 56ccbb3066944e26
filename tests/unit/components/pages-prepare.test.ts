import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prepareReturnPath } from "@/components/auth/prepare-return-path";
import { prepareTransportShare } from "@/components/overview/prepare-overview";
import { describeShares, sessionDurationMs, sumPathBytes } from "@/components/sessions/prepare-session";
import { preferenceCookie, readPreferences } from "@/components/shell/prepare-preferences";
import { formatAgo, formatTime } from "@/components/time/format-time";
import type { SubflowReport } from "@/lib/contracts/telemetry";
import { english } from "../../factories/words";

describe("prepareReturnPath", () => {
  it("follows paths of the portal only", () => {
    expect(prepareReturnPath("/sessions?state=ended")).toBe("/sessions?state=ended");
    for (const evil of [
      undefined,
      "",
      "sessions",
      "//evil.example/",
      "/\\evil.example",
      "https://evil.example/",
      "javascript:alert(1)",
      "/sign-in",
      "/api/auth/signout",
      "/\t/evil.example",
    ]) {
      expect(prepareReturnPath(evil), String(evil)).toBe("/");
    }
  });

  it("never gives anything that resolves to another host", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const path = prepareReturnPath(`/${text}`);
        expect(new URL(path, "http://portal.test").origin).toBe("http://portal.test");
      }),
    );
  });
});

const path = (change: Partial<SubflowReport>): SubflowReport => ({
  id: 0,
  access: "lte",
  ueAddress: { address: "10.0.0.2", port: 1 },
  proxyAddress: { address: "10.0.0.1", port: 2 },
  uploadBytes: 0,
  downloadBytes: 0,
  rttMs: 1,
  retransSegments: 0,
  isOpen: true,
  isBackup: false,
  downloadLimitBytesPerSecond: null,
  ...change,
});

describe("sessions", () => {
  it("sums both directions of open and closed paths by access", () => {
    const bytes = sumPathBytes({
      subflows: [
        path({ downloadBytes: 100, uploadBytes: 1 }),
        path({ id: 1, isOpen: false, downloadBytes: 50 }),
        path({ id: 2, access: "wifi", downloadBytes: 302 }),
      ],
    });
    expect(bytes).toEqual({ lte: 151, wifi: 302, other: 0, total: 453 });
    expect(describeShares(english, bytes)).toBe("LTE 33 %, WiFi 67 %");
    expect(describeShares(english, sumPathBytes({ subflows: [] }))).toBe("no bytes yet");
  });

  it("counts a running session up to now", () => {
    const startedAt = "2026-01-01T00:00:00Z";
    expect(sessionDurationMs({ startedAt, end: null }, Date.parse(startedAt) + 5000)).toBe(5000);
    const end = { at: "2026-01-01T00:00:02Z", reason: "finished" };
    expect(sessionDurationMs({ startedAt, end }, Date.parse(startedAt) + 5000)).toBe(2000);
  });
});

describe("transport share", () => {
  it("gives no percentage of nothing", () => {
    const none = { lte: 0, wifi: 0, other: 0 };
    const rate = { at: "2026-01-01T00:00:00Z", downloadBps: none, uploadBps: none };
    expect(prepareTransportShare({ ...rate, sessions: 0, mptcpSessions: 0 })?.mptcpPercent).toBeNull();
    expect(prepareTransportShare({ ...rate, sessions: 4, mptcpSessions: 3 })).toMatchObject({
      plain: 1,
      mptcpPercent: 75,
    });
    expect(prepareTransportShare(undefined)).toBeNull();
  });
});

describe("view", () => {
  it("keeps preferences in a cookie and survives an odd one", () => {
    const wanted = { theme: "dark", zone: "local", hasKeys: false, density: "compact" } as const;
    const value = /=([^;]*)/.exec(preferenceCookie(wanted))?.[1];
    expect(readPreferences(value)).toEqual(wanted);
    for (const odd of [undefined, "", "..", "pink.mars.maybe"]) {
      expect(readPreferences(odd)).toEqual({ theme: "system", zone: "utc", hasKeys: true, density: "comfortable" });
    }
  });

  it("writes times in UTC and spans in words", () => {
    expect(formatTime(english, "2026-11-22T14:03:22+09:00", "date-time", "utc")).toBe("22 Nov, 05:03:22");
    const base = "2026-01-01T00:00:00Z";
    expect([12, 250, 7300, 200_000].map((s) => formatAgo(english, base, Date.parse(base) + s * 1000))).toEqual([
      "12 s ago",
      "4 min ago",
      "2 h ago",
      "2 d ago",
    ]);
  });
});
