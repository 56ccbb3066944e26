import { expect, it } from "vitest";
import { type CaptureState, captureScript } from "@/lib/agent/transparent/capture-script";

function script(changes: Partial<CaptureState>): string {
  const ports = { tcp: 1001, dnsUdp: 1002, dnsTcp: 1003 };
  return captureScript({
    table: "agent",
    mark: 7,
    ownDnsPorts: [40_000],
    ports: { ipv4: ports, ipv6: ports },
    dnsQuestions: "all",
    spared: [],
    cidrs: [],
    learned: [],
    ...changes,
  });
}

it("leads the questions away that can be forwarded, and none where no server is known", () => {
  const led = (dnsQuestions: CaptureState["dnsQuestions"]): string[] => {
    const lines = script({ dnsQuestions }).split("\n");
    return lines.filter((line) => line.includes("udp dport 53 redirect"));
  };
  expect(led("all")).toEqual([
    "meta nfproto ipv4 udp dport 53 redirect to :1002",
    "meta nfproto ipv6 udp dport 53 redirect to :1002",
  ]);
  expect(led("on-device")).toEqual([
    "ip daddr 127.0.0.0/8 udp dport 53 redirect to :1002",
    "ip6 daddr ::1 udp dport 53 redirect to :1002",
  ]);
  expect(led("none")).toEqual([]);
  expect(script({ dnsQuestions: "none" })).toContain("ip daddr @ruled4 oifname");
});

it("spares what is to be left alone before anything is led away", () => {
  const lines = script({ spared: [{ address: "2001:db8::1", port: 1080 }] }).split("\n");
  const spared = lines.indexOf("ip6 daddr 2001:db8::1 tcp dport 1080 return");
  expect(spared).toBeGreaterThan(0);
  expect(lines.findIndex((line) => line.includes("redirect to"))).toBeGreaterThan(spared);
});
