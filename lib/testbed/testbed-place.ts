import type { DemoDirection, LaneId } from "@/lib/contracts/demo";
import type { AccessBytes, DemoPlace, PreparedRun } from "@/lib/demo";
import { type AgentProxy, lanePlaces, planLane } from "./lane-plan";
import type { ContentObject, Testbed } from "./testbed";

/** A gigabyte over the link that the fault `weak` leaves takes more than two hours. */
const longestLaneMs = 4 * 3_600_000;

/** Received or sent at the lane's interfaces so far: the general UE has no WiFi. */
async function readAccessBytes(testbed: Testbed, lane: LaneId, direction: DemoDirection): Promise<AccessBytes> {
  const { interfaces } = testbed;
  const place = lanePlaces[lane];
  const read = async (name: string) =>
    (await testbed.counters(place, name))[direction === "download" ? "rxBytes" : "txBytes"];
  if (place === "generalUe") return { lte: await read(interfaces.generalUe), wifi: 0 };
  const [lte, wifi] = await Promise.all([read(interfaces.ueLte), read(interfaces.ueWifi)]);
  return { lte, wifi };
}

function startLane(
  testbed: Testbed,
  agentProxy: AgentProxy,
  transfer: { lane: LaneId; direction: DemoDirection; object: ContentObject },
  onChunk: (chunk: Buffer) => void,
): ReturnType<PreparedRun["start"]> {
  const { lane, direction, object } = transfer;
  const upload = direction === "upload" ? testbed.expectUpload(onChunk) : null;
  const what = { url: upload?.url ?? object.url, bodyPath: upload === null ? null : object.path };
  const { args, hint } = planLane(lane, testbed, what, agentProxy);
  const child = testbed.spawn(lanePlaces[lane], "wget", args, { stdio: ["ignore", "pipe", "pipe"] });
  // Of an upload's answer nothing counts, but it has to be read.
  child.stdout?.on("data", upload === null ? onChunk : () => {});
  return { child, hint, forget: () => upload?.forget() };
}

/** The testbed as a place of demo runs: each lane's wget runs in its UE's namespace. */
export function testbedPlace(testbed: Testbed, agentProxy: AgentProxy): DemoPlace {
  return {
    longestLaneMs,
    withRun: (work) => testbed.withRun(work),
    async prepare(_runId, { preset, direction, sizeBytes }) {
      await testbed.setPreset(preset);
      const object = await testbed.object(sizeBytes);
      return {
        object,
        accessBytes: (lane) => readAccessBytes(testbed, lane, direction),
        faults: () => testbed.status().faults,
        start: (lane, { onChunk }) => startLane(testbed, agentProxy, { lane, direction, object }, onChunk),
      };
    },
  };
}
