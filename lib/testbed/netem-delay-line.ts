import type { AccessLinkId } from "@/lib/contracts/demo";
import type { DelayLine } from "./delay-line";
import { runCommand } from "./run-command";
import type { Place } from "./testbed";
import { bearers } from "./topology";

/** Packets on their way at most: 2 s at 1 Gbit/s in full-size packets. */
const limitPackets = 200_000;

/** Whether this kernel has netem, found by trying it on the loopback of one of the testbed's namespaces. */
export async function hasNetem(namespace: string): Promise<boolean> {
  try {
    await runCommand("tc", ["-n", namespace, "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms"]);
    await runCommand("tc", ["-n", namespace, "qdisc", "del", "dev", "lo", "root"]);
    return true;
  } catch {
    return false;
  }
}

/** netem at the far end of the access router's cables: packets are delayed first and meet the rate after. */
export function createNetemDelayLine(access: AccessLinkId, namespaces: Readonly<Record<Place, string>>): DelayLine {
  const cables = [
    { namespace: namespaces.core, interfaceName: `${access}0` },
    ...bearers[access].map(({ ue, ueInterface }) => ({ namespace: namespaces[ue], interfaceName: ueInterface })),
  ];
  return {
    method: "netem",
    async apply({ oneWayMs, lossPercent }) {
      const what = ["delay", `${Math.round(oneWayMs * 1000)}us`, "loss", `${lossPercent}%`, "limit", `${limitPackets}`];
      await Promise.all(
        cables.map(({ namespace, interfaceName }) =>
          runCommand("tc", ["-n", namespace, "qdisc", "replace", "dev", interfaceName, "root", "netem", ...what]),
        ),
      );
    },
  };
}
