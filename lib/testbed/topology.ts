import type { AccessLinkId } from "@/lib/contracts/demo";
import { runCommand } from "./run-command";
import type { Place } from "./testbed";

/** One UE's way through an access network: the access router's port to it, its own interface there, its address. */
export type Bearer = {
  ue: "ue" | "generalUe";
  ueInterface: string;
  uePort: string;
  ueAddress: string;
  /** What the fault `new-address` gives the UE instead; null: it keeps its own. */
  otherAddress: string | null;
};

/** The last part of each namespace's name. */
const suffixes: Readonly<Record<Place, string>> = {
  ue: "ue",
  generalUe: "gue",
  lte: "lte",
  wifi: "wifi",
  core: "core",
  proxy: "mp",
  content: "icp",
};

export const places = Object.keys(suffixes) as readonly Place[];

export const addresses = {
  ueLte: "100.64.10.2",
  generalUe: "100.64.10.6",
  ueWifi: "192.168.30.2",
  proxy: "198.18.20.10",
  content: "198.18.80.10",
} as const;

export const interfaces = {
  ueLte: "lte0",
  ueWifi: "wifi0",
  generalUe: "lte0",
  proxy: "core0",
  content: "core0",
} as const;

export const networks = {
  lte: "100.64.10.0/24",
  wifi: "192.168.30.0/24",
  content: "198.18.80.0/24",
  named: "198.18.90.0/24",
} as const;

/** Where the testbed's names are asked for. */
export const nameServer = "198.18.90.53";

/** Names of the content provider's addresses. In the demo's policy `video` is white-listed by name, `other` is not. */
export const hostNames = {
  "content.testbed": addresses.content,
  "video.testbed": "198.18.90.20",
  "other.testbed": "198.18.90.30",
} as const;

/** Every UE has a bearer of its own: what one does never slows another. */
export const bearers: Readonly<Record<AccessLinkId, readonly Bearer[]>> = {
  lte: [
    { ue: "ue", ueInterface: "lte0", uePort: "ue0", ueAddress: addresses.ueLte, otherAddress: "100.64.10.10" },
    { ue: "generalUe", ueInterface: "lte0", uePort: "gue0", ueAddress: addresses.generalUe, otherAddress: null },
  ],
  wifi: [{ ue: "ue", ueInterface: "wifi0", uePort: "ue0", ueAddress: addresses.ueWifi, otherAddress: "192.168.30.10" }],
};

/** How the pM-UE is on an access network: with the address it has from the start, or with the other one. */
const attachments: Readonly<Record<AccessLinkId, { table: number; metric: number; own: string; other: string }>> = {
  lte: { table: 10, metric: 200, own: "100.64.10.1", other: "100.64.10.9" },
  wifi: { table: 20, metric: 100, own: "192.168.30.1", other: "192.168.30.9" },
};

/** Lines for `ip -batch` in the pM-UE's namespace that take its address on this network away and give it the other one. */
export function renumberLines(access: AccessLinkId, to: "own" | "other"): string[] {
  const { table, metric, ...gateways } = attachments[access];
  const [bearer] = bearers[access];
  if (bearer?.otherAddress == null) return [];
  const { ueInterface, ueAddress, otherAddress } = bearer;
  const [before, after] = to === "other" ? [ueAddress, otherAddress] : [otherAddress, ueAddress];
  return [
    `addr del ${before}/30 dev ${ueInterface}`,
    `rule del from ${before} table ${table}`,
    `addr add ${after}/30 dev ${ueInterface}`,
    `rule add from ${after} table ${table}`,
    `route replace default via ${gateways[to]} dev ${ueInterface} table ${table}`,
    `route replace default via ${gateways[to]} dev ${ueInterface} metric ${metric}`,
  ];
}

/** Names of the namespaces of testbed `id`. */
export function namespaceNames(id: string): Readonly<Record<Place, string>> {
  const names = Object.entries(suffixes).map(([place, suffix]) => [place, `tp-${id}-${suffix}`]);
  return Object.fromEntries(names) as Record<Place, string>;
}

/*
 *                                       198.18.80.10
 *                                    content provider (also 198.18.90.20, .30, and .53 for DNS)
 *                                          core0
 *                                            |
 *                                        content0
 *   100.64.10.0/24   +------------+ 10.8.1.0/30 +--------+
 *  pM-UE lte0 ---ue0 | LTE access | core0 -lte0 |        |
 *   UE   lte0 --gue0 |            |             |  core  | proxy0 -- core0 proxy 198.18.20.10
 *                    +------------+             | router |
 *                    +------------+ 10.8.2.0/30 |        |
 *  pM-UE wifi0 --ue0 | WiFi access| core0 wifi0 |        |
 *   192.168.30.0/24  +------------+             +--------+
 *
 * Only the access networks are slow: the links of the core run as fast as the machine. A UE reaches the content
 * provider through access and core; the proxy is on nobody's way and is reached by its address, over either access.
 * The pM-UE answers from the interface that owns the source address; what is not bound to one goes by WiFi, and by
 * LTE while WiFi has no carrier.
 */
const cables: readonly (readonly [Place, string, Place, string])[] = [
  ["ue", "lte0", "lte", "ue0"],
  ["generalUe", "lte0", "lte", "gue0"],
  ["ue", "wifi0", "wifi", "ue0"],
  ["lte", "core0", "core", "lte0"],
  ["wifi", "core0", "core", "wifi0"],
  ["proxy", "core0", "core", "proxy0"],
  ["content", "core0", "core", "content0"],
];

const plans: Readonly<Record<Place, readonly string[]>> = {
  ue: [
    `addr add ${addresses.ueLte}/30 dev lte0`,
    `addr add ${addresses.ueWifi}/30 dev wifi0`,
    "link set lte0 up",
    "link set wifi0 up",
    "route add default via 192.168.30.1 dev wifi0 metric 100",
    "route add default via 100.64.10.1 dev lte0 metric 200",
    `rule add from ${addresses.ueLte} table 10`,
    "route add default via 100.64.10.1 dev lte0 table 10",
    "route add unreachable default metric 9999 table 10",
    `rule add from ${addresses.ueWifi} table 20`,
    "route add default via 192.168.30.1 dev wifi0 table 20",
    "route add unreachable default metric 9999 table 20",
  ],
  generalUe: [
    `addr add ${addresses.generalUe}/30 dev lte0`,
    "link set lte0 up",
    "route add default via 100.64.10.5 dev lte0",
  ],
  lte: [
    "addr add 100.64.10.1/30 dev ue0",
    "addr add 100.64.10.9/30 dev ue0",
    "addr add 100.64.10.5/30 dev gue0",
    "addr add 10.8.1.2/30 dev core0",
    "link set ue0 up",
    "link set gue0 up",
    "link set core0 up",
    "route add default via 10.8.1.1",
  ],
  wifi: [
    "addr add 192.168.30.1/30 dev ue0",
    "addr add 192.168.30.9/30 dev ue0",
    "addr add 10.8.2.2/30 dev core0",
    "link set ue0 up",
    "link set core0 up",
    "route add default via 10.8.2.1",
  ],
  core: [
    "addr add 10.8.1.1/30 dev lte0",
    "addr add 10.8.2.1/30 dev wifi0",
    "addr add 198.18.20.1/24 dev proxy0",
    "addr add 198.18.80.1/24 dev content0",
    "link set lte0 up",
    "link set wifi0 up",
    "link set proxy0 up",
    "link set content0 up",
    `route add ${networks.lte} via 10.8.1.2`,
    `route add ${networks.wifi} via 10.8.2.2`,
    `route add ${networks.named} via ${addresses.content}`,
  ],
  proxy: [`addr add ${addresses.proxy}/24 dev core0`, "link set core0 up", "route add default via 198.18.20.1"],
  content: [
    `addr add ${addresses.content}/24 dev core0`,
    ...[nameServer, hostNames["video.testbed"], hostNames["other.testbed"]].map((own) => `addr add ${own}/32 dev lo`),
    "link set core0 up",
    "route add default via 198.18.80.1",
  ],
};

const routerSettings = ["net.ipv4.ip_forward=1"];

/* Auto-tuning limits that let two paths of 2 × (300 + 867) Mbit/s and 200 ms fill; no memory of earlier lanes. */
const hostSettings = [
  "net.ipv4.tcp_rmem=4096 8388608 67108864",
  "net.ipv4.tcp_wmem=4096 262144 33554432",
  "net.ipv4.tcp_no_metrics_save=1",
];

/* As `twinpath doctor` advises: room for SACK beside MPTCP's option. */
const proxySettings = [...hostSettings, "net.ipv4.tcp_timestamps=0"];

/* A UE drops a route with its carrier, and takes up MPTCP again right after a path that had eaten its options. */
const ueSettings = [
  ...hostSettings,
  "net.ipv4.conf.all.ignore_routes_with_linkdown=1",
  "net.ipv4.conf.default.ignore_routes_with_linkdown=1",
  "net.mptcp.blackhole_timeout=0",
];

const settings: Readonly<Record<Place, readonly string[]>> = {
  ue: ueSettings,
  generalUe: ueSettings,
  lte: routerSettings,
  wifi: routerSettings,
  core: routerSettings,
  proxy: proxySettings,
  content: hostSettings,
};

/* Strict reverse-path filters break joins over the second path; IPv6 is not part of the figure. */
const everywhere = [
  "net.ipv4.conf.all.rp_filter=0",
  "net.ipv4.conf.default.rp_filter=0",
  "net.ipv6.conf.all.disable_ipv6=1",
  "net.ipv6.conf.default.disable_ipv6=1",
];

const batch = (lines: readonly string[]) => `${lines.join("\n")}\n`;

/**
 * Make the namespaces, cables, addresses and routes of the figure. Links are unshaped afterwards.
 *
 * Errors: AppError TESTBED_COMMAND_FAILED; what was made by then is left to the caller to remove.
 */
export async function buildTopology(namespaces: Readonly<Record<Place, string>>): Promise<void> {
  await runCommand("ip", ["-batch", "-"], batch(places.map((place) => `netns add ${namespaces[place]}`)));
  await Promise.all(
    places.map((place) =>
      // -e: a kernel without one of the settings does not need it.
      runCommand("ip", [
        ...["netns", "exec", namespaces[place], "sysctl", "-q", "-e", "-w"],
        ...everywhere,
        ...settings[place],
      ]),
    ),
  );
  const links = cables.map(
    ([left, leftName, right, rightName]) =>
      `link add name ${leftName} netns ${namespaces[left]} type veth peer name ${rightName} netns ${namespaces[right]}`,
  );
  await runCommand("ip", ["-batch", "-"], batch(links));
  await Promise.all(
    places.map((place) =>
      runCommand("ip", ["-n", namespaces[place], "-batch", "-"], batch(["link set lo up", ...plans[place]])),
    ),
  );
}
