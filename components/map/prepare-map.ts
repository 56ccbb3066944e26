import type { Direction } from "@/components/charts/prepare-live-rates";
import { prepareLane } from "@/components/demo/prepare-lane";
import { isOrderTaken, nodeState, sessionsText, stateText } from "@/components/nodes/prepare-node";
import { sortNodes } from "@/components/nodes/sort-nodes";
import { faultNames } from "@/components/testbed/fault-names";
import { accessNames, type SeriesTone } from "@/components/ui/access-mark";
import type { Access } from "@/lib/contracts/access";
import type { AccessLinkId, LaneId, TestbedStatus } from "@/lib/contracts/demo";
import type { DemoRun, LiveNode } from "@/lib/contracts/live";
import type { Translate } from "@/lib/words/translate";

export type PlaceKind = "device" | "access" | "proxy" | "engine" | "content";

/** One system of the figure. `look` says how it is drawn, `detail` the same in words. */
export type MapPlace = {
  id: string;
  kind: PlaceKind;
  name: string;
  detail: string;
  look: "plain" | "warn" | "bad";
  access: Access | null;
};

/** What runs between two places. `bps` is null where nothing is measured or heard. */
export type MapLink = {
  id: string;
  from: string;
  to: string;
  /** The words before its rate in the table: "pM-UE to LTE". */
  name: string;
  tone: SeriesTone;
  kind: "traffic" | "control";
  bps: number | null;
  /** The testbed's link whose sliders it opens; null: none. */
  opens: AccessLinkId | null;
  /** What ails it, in words; null: nothing. */
  fault: string | null;
};

export type NetworkMap = { places: readonly MapPlace[]; links: readonly MapLink[]; hasTestbed: boolean };

export type MapFacts = {
  nodes: readonly LiveNode[];
  testbed: TestbedStatus | null;
  run: DemoRun | null;
  direction: Direction;
  /** The policy version in force; null: not known. */
  inForceVersion: number | null;
  /** Traffic of neither LTE nor WiFi was seen lately. */
  hasOther: boolean;
};

const linkIds: readonly AccessLinkId[] = ["lte", "wifi"];

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

/** What a lane that goes past the proxy carries now; only the run's own direction is measured. */
function directBps(run: DemoRun | null, id: LaneId, direction: Direction): number | null {
  const lane = run?.lanes.find((one) => one.lane === id);
  if (run === null || run.device !== null || lane?.state !== "running") return 0;
  const measured: Direction = run.request.direction === "upload" ? "uploadBps" : "downloadBps";
  if (direction !== measured) return null;
  return prepareLane(lane, run.request.sizeBytes).rateBps ?? 0;
}

function proxyPlace(t: Translate, node: LiveNode, inForceVersion: number | null): MapPlace {
  const base = { id: node.id, kind: "proxy" as const, name: node.name, access: null };
  const state = nodeState(node);
  if (state === "down" || node.status === null) return { ...base, look: "bad", detail: stateText(t, node) };
  const { policyVersion, sessions, hasMptcp } = node.status;
  if (state !== "up") return { ...base, look: "warn", detail: stateText(t, node) };
  if (inForceVersion !== null && policyVersion !== inForceVersion)
    return {
      ...base,
      look: "warn",
      detail: t("map.policyInForceIs", {
        policyVersion: String(policyVersion),
        inForceVersion: String(inForceVersion),
      }),
    };
  if (!isOrderTaken(node)) return { ...base, look: "warn", detail: t("map.hasNotTakenItsOrderYet") };
  if (!hasMptcp)
    return { ...base, look: "warn", detail: t("map.plainTcpOnly", { sessions: sessionsText(t, sessions) }) };
  return { ...base, look: "plain", detail: t("map.up", { sessions: sessionsText(t, sessions) }) };
}

function accessPlace(t: Translate, access: Access, testbed: TestbedStatus | null): MapPlace {
  const base = { id: access, kind: "access" as const, name: accessNames(t)[access], access };
  if (testbed === null || access === "other") return { ...base, look: "plain", detail: t("map.accessNetwork") };
  const { rateMbps, rttMs } = testbed[access];
  const { fault } = testbed.faults[access];
  return fault === "none"
    ? { ...base, look: "plain", detail: `${rateMbps} Mbit/s, ${rttMs} ms` }
    : { ...base, look: fault === "down" ? "bad" : "warn", detail: t("map.link", { fault: faultNames(t)[fault] }) };
}

function devicePlaces(t: Translate, testbed: TestbedStatus | null): MapPlace[] {
  const base = { kind: "device" as const, look: "plain" as const, access: null };
  if (testbed === null) return [{ ...base, id: "devices", name: t("map.devices"), detail: t("map.withTheAgent") }];
  return [
    { ...base, id: "ue", name: "pM-UE", detail: t("map.agentLteAndWifi") },
    { ...base, id: "general-ue", name: t("map.generalUe"), detail: t("map.lteOnlyNoAgent") },
  ];
}

function enginePlace(t: Translate, inForceVersion: number | null): MapPlace {
  const detail =
    inForceVersion === null
      ? t("map.versionNotKnown")
      : t("map.versionInForce", { inForceVersion: String(inForceVersion) });
  return { id: "engine", kind: "engine", name: t("map.policyEngine"), detail, look: "plain", access: null };
}

/** The version that most likely is in force, for roles that may not read policy: the newest that a node works by. */
export function newestVersion(nodes: readonly LiveNode[]): number | null {
  const versions = nodes.flatMap(({ status, health }) =>
    status === null || health === "down" ? [] : [status.policyVersion],
  );
  return versions.length === 0 ? null : Math.max(...versions);
}

/**
 * The deployment figure as it is at this moment: in the testbed with its two UEs and what goes past the proxy, else the
 * fleet. Rates are bit/s of payload in one direction; a link's rate is the sum of what the proxies count on it and of a
 * running lane that goes direct.
 */
export function prepareMap(t: Translate, facts: MapFacts): NetworkMap {
  const { nodes, testbed, run, direction, inForceVersion, hasOther } = facts;
  const proxies = sortNodes(nodes).filter(({ kind }) => kind === "proxy");
  const accesses: readonly Access[] = hasOther ? ["wifi", "lte", "other"] : ["wifi", "lte"];
  const devices = devicePlaces(t, testbed);
  const ue = devices[0]?.id ?? "devices";
  const ueName = devices[0]?.name ?? t("map.devices");
  const direct = {
    lte: testbed === null ? 0 : directBps(run, "lte-only", direction),
    wifi: testbed === null ? 0 : directBps(run, "wifi-only", direction),
  };
  const rateOf = (node: LiveNode, access: Access): number | null =>
    node.health === "down" ? null : (node.rate?.[direction][access] ?? null);
  const faultOf = (access: Access): string | null => {
    const fault = testbed === null || access === "other" ? "none" : testbed.faults[access].fault;
    return fault === "none" ? null : faultNames(t)[fault];
  };

  const links: MapLink[] = accesses.map((access) => {
    const isLink = testbed !== null && access !== "other";
    const proxied = sum(proxies.map((node) => rateOf(node, access)));
    return {
      id: `${ue}-${access}`,
      from: ue,
      to: access,
      name: t("map.to", { ueName, acces: accessNames(t)[access] }),
      tone: access,
      kind: "traffic",
      bps: access === "wifi" ? sum([proxied, direct.wifi]) : proxied,
      opens: isLink ? access : null,
      fault: faultOf(access),
    };
  });
  if (testbed !== null) {
    links.push({
      id: "general-ue-lte",
      from: "general-ue",
      to: "lte",
      name: t("map.generalUeToLte"),
      tone: "lte",
      kind: "traffic",
      bps: direct.lte,
      opens: "lte",
      fault: faultOf("lte"),
    });
    for (const access of linkIds)
      links.push({
        id: `${access}-content`,
        from: access,
        to: "content",
        name: t("map.directToContent", { acces: accessNames(t)[access] }),
        tone: access,
        kind: "traffic",
        bps: direct[access],
        opens: null,
        fault: null,
      });
  }
  for (const node of proxies) {
    const through = accesses.map((access) => rateOf(node, access));
    accesses.forEach((access, index) => {
      links.push({
        id: `${access}-${node.id}`,
        from: access,
        to: node.id,
        name: t("map.toAccesName", { acces: accessNames(t)[access], name: node.name }),
        tone: access,
        kind: "traffic",
        bps: through[index] ?? null,
        opens: null,
        fault: null,
      });
    });
    links.push({
      id: `${node.id}-content`,
      from: node.id,
      to: "content",
      name: t("map.toContent", { name: node.name }),
      tone: "total",
      kind: "traffic",
      bps: sum(through),
      opens: null,
      fault: null,
    });
    links.push({
      id: `engine-${node.id}`,
      from: "engine",
      to: node.id,
      name: t("map.policyEngineTo", { name: node.name }),
      tone: "reference",
      kind: "control",
      bps: null,
      opens: null,
      fault: node.health === "down" ? t("map.noContact") : null,
    });
  }
  const content: MapPlace = {
    id: "content",
    kind: "content",
    name: t("map.contentProviders"),
    detail: t("map.serversOnPlainTcp"),
    look: "plain",
    access: null,
  };
  return {
    places: [
      ...devices,
      ...accesses.map((access) => accessPlace(t, access, testbed)),
      enginePlace(t, inForceVersion),
      ...proxies.map((node) => proxyPlace(t, node, inForceVersion)),
      content,
    ],
    links,
    hasTestbed: testbed !== null,
  };
}
