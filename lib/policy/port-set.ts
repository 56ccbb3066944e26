import type { Said } from "@/lib/shared/said";
import type { PortRange } from "./policy-input";
import { say } from "./sentences";

/** Ports as ranges in order that neither overlap nor touch. */
export type PortSet = readonly PortRange[];

const all: PortSet = [
  { from: 1, to: 24 },
  { from: 26, to: 65_535 },
];

function merged(ranges: readonly PortRange[]): PortRange[] {
  const inOrder = [...ranges].sort((left, right) => left.from - right.from);
  const result: PortRange[] = [];
  for (const { from, to } of inOrder) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}

/** The ports both sets hold. */
export function commonPorts(left: PortSet, right: PortSet): PortRange[] {
  const result: PortRange[] = [];
  for (const one of left)
    for (const other of right) {
      const from = Math.max(one.from, other.from);
      const to = Math.min(one.to, other.to);
      if (from <= to) result.push({ from, to });
    }
  return result;
}

/** The ports that a rule opens: an empty list means every port, and none opens 25. */
export function openPorts(ports: readonly PortRange[]): PortSet {
  return ports.length === 0 ? all : commonPorts(merged(ports), all);
}

/** The ports that any of the sets holds. */
export function unitePorts(sets: readonly PortSet[]): PortSet {
  return merged(sets.flat());
}

/** True where `outer` holds every port of `inner`. */
export function coversPorts(outer: PortSet, inner: PortSet): boolean {
  return inner.every(({ from, to }) => outer.some((range) => range.from <= from && to <= range.to));
}

/** The set as sentences name it. */
export function saidPorts(ports: PortSet): Said | string {
  return coversPorts(ports, all) ? say("everyPort") : portsText(ports);
}

/** The set as text: "443", "80, 8000-8080", "every port". */
export function portsText(ports: PortSet): string {
  if (coversPorts(ports, all)) return "every port";
  return ports.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(", ");
}
