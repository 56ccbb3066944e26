import type { SocketAddress } from "@/lib/mptcp/face";
import type { TakenQuestions } from "./upstream-servers";

/** One captured destination that a name was resolved to. */
export type LearnedAddress = { address: string; timeoutSeconds: number };

/** Everything the agent's nftables table depends on. */
export type CaptureState = {
  table: string;
  /** SO_MARK of the agent's own connections, which are left alone. */
  mark: number;
  /** Source ports of the agent's own DNS questions. */
  ownDnsPorts: readonly number[];
  /** Local ports that captured traffic goes to; null without IPv6 on loopback. */
  ports: { ipv4: CapturePorts; ipv6: CapturePorts | null };
  dnsQuestions: TakenQuestions;
  /** Never captured: the proxy and the portal. */
  spared: readonly SocketAddress[];
  cidrs: readonly string[];
  learned: readonly LearnedAddress[];
};

export type CapturePorts = { tcp: number; dnsUdp: number; dnsTcp: number };

type Family = { name: "ip" | "ip6"; nfproto: "ipv4" | "ipv6"; suffix: "4" | "6"; loopback: string };

const families: readonly Family[] = [
  { name: "ip", nfproto: "ipv4", suffix: "4", loopback: "127.0.0.0/8" },
  { name: "ip6", nfproto: "ipv6", suffix: "6", loopback: "::1" },
];

const isOf = (family: Family, address: string): boolean => address.includes(":") === (family.suffix === "6");

function elements(values: readonly string[]): string {
  return values.length === 0 ? "" : `elements = { ${values.join(", ")} };`;
}

const withTimeout = ({ address, timeoutSeconds }: LearnedAddress): string => `${address} timeout ${timeoutSeconds}s`;

function sets(state: CaptureState, family: Family): string[] {
  const cidrs = state.cidrs.filter((cidr) => isOf(family, cidr));
  const learned = state.learned.filter(({ address }) => isOf(family, address));
  const type = `type ${family.nfproto}_addr;`;
  return [
    `set ruled${family.suffix} { ${type} flags interval; auto-merge; ${elements(cidrs)} }`,
    `set learned${family.suffix} { ${type} flags timeout; ${elements(learned.map(withTimeout))} }`,
  ];
}

function dnsRedirects({ dnsQuestions }: CaptureState, family: Family, ports: CapturePorts): string[] {
  if (dnsQuestions === "none") return [];
  const { name, nfproto, loopback } = family;
  const dns = dnsQuestions === "on-device" ? `${name} daddr ${loopback}` : `meta nfproto ${nfproto}`;
  return [`${dns} udp dport 53 redirect to :${ports.dnsUdp}`, `${dns} tcp dport 53 redirect to :${ports.dnsTcp}`];
}

function redirects(state: CaptureState, family: Family, ports: CapturePorts): string[] {
  const { name, suffix } = family;
  return [
    ...dnsRedirects(state, family, ports),
    `${name} daddr @ruled${suffix} oifname != "lo" meta l4proto tcp redirect to :${ports.tcp}`,
    `${name} daddr @learned${suffix} oifname != "lo" meta l4proto tcp redirect to :${ports.tcp}`,
  ];
}

/* MPTCP carries TCP: a program that gets no answer over QUIC (UDP 443) turns to TCP at once. */
function refusals({ name, suffix }: Family): string[] {
  return ["ruled", "learned"].map(
    (set) => `${name} daddr @${set}${suffix} oifname != "lo" udp dport 443 reject with icmpx type port-unreachable`,
  );
}

/**
 * The nft script that makes the agent's table, or replaces it whole in one transaction.
 *
 * Source: nft(8); the `output` hook of a nat chain sees the first packet of each connection this device opens.
 */
export function captureScript(state: CaptureState): string {
  const { table, ports } = state;
  const active = families.flatMap((family) => {
    const own = family.suffix === "4" ? ports.ipv4 : ports.ipv6;
    return own === null ? [] : [{ family, ports: own }];
  });
  const spared = state.spared.map(
    ({ address, port }) => `${address.includes(":") ? "ip6" : "ip"} daddr ${address} tcp dport ${port} return`,
  );
  const lines = [
    `add table inet ${table}`,
    `delete table inet ${table}`,
    `table inet ${table} {`,
    `set own_dns_ports { type inet_service; ${elements(state.ownDnsPorts.map(String))} }`,
    ...active.flatMap(({ family }) => sets(state, family)),
    "chain capture {",
    "type nat hook output priority -100; policy accept;",
    `meta mark ${state.mark} return`,
    "udp dport 53 udp sport @own_dns_ports return",
    ...spared,
    ...active.flatMap(({ family, ports: own }) => redirects(state, family, own)),
    "}",
    "chain refuse_quic {",
    "type filter hook output priority 0; policy accept;",
    ...active.flatMap(({ family }) => refusals(family)),
    "}",
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

/** The nft script that puts these addresses into the sets, with their timeouts from now on also where they were there. */
export function learnScript(table: string, learned: readonly LearnedAddress[]): string {
  const lines = families.flatMap((family) => {
    const own = learned.filter(({ address }) => isOf(family, address));
    if (own.length === 0) return [];
    const set = `element inet ${table} learned${family.suffix}`;
    const bare = own.map(({ address }) => address).join(", ");
    // Older kernels leave the timeout of an element that is there as it was (before 6.12): out with it first.
    return [`add ${set} { ${bare} }`, `delete ${set} { ${bare} }`, `add ${set} { ${own.map(withTimeout).join(", ")} }`];
  });
  return `${lines.join("\n")}\n`;
}
