import { createHash } from "node:crypto";
import type { DemoDirection, LaneId, LaneReport, LaneSample } from "@/lib/contracts/demo";
import { errorMessage } from "@/lib/shared/errors";
import { type AgentProxy, type LanePlan, lanePlaces, planLane } from "./lane-plan";
import { LaneStalls } from "./lane-stalls";
import type { ContentObject, Place, Testbed } from "./testbed";

const sampleMs = 200;

/** Exit codes of wget (wget(1), "EXIT STATUS") that a lane can meet. */
const exitMeanings: Readonly<Record<number, string>> = {
  3: "a file could not be written",
  4: "the network failed",
  7: "the server broke the HTTP protocol",
  8: "the server answered with an error",
};

/** What is known of a lane while it runs; the samples are handed over one by one. */
export type LaneProgress = Pick<LaneReport, "state" | "command" | "startedAt" | "deliveredBytes" | "faults"> & {
  sample: LaneSample | null;
};

export type LaneOutcome = Pick<LaneReport, "state" | "elapsedMs" | "deliveredBytes" | "sha256" | "error">;

type Fetched = { exitCode: number | null; signalCode: string | null; errorText: string };

/** Received or sent at the lane's interfaces so far: the general UE has no WiFi. */
async function readAccessBytes(
  testbed: Testbed,
  place: Place,
  direction: DemoDirection,
): Promise<{ lte: number; wifi: number }> {
  const { interfaces } = testbed;
  const read = async (name: string) =>
    (await testbed.counters(place, name))[direction === "download" ? "rxBytes" : "txBytes"];
  if (place === "generalUe") return { lte: await read(interfaces.generalUe), wifi: 0 };
  const [lte, wifi] = await Promise.all([read(interfaces.ueLte), read(interfaces.ueWifi)]);
  return { lte, wifi };
}

/**
 * Run one lane's wget to its end and judge what it handed out, or what of it arrived, by size and SHA-256.
 *
 * Bytes of the run's direction only are sampled, 5 times a second. `signal` ends wget; the outcome is then "cancelled".
 * Never throws for a transfer that fails: the outcome says what happened and what to do.
 */
export async function runLane(options: {
  testbed: Testbed;
  lane: LaneId;
  agentProxy: AgentProxy;
  direction: DemoDirection;
  object: ContentObject;
  signal: AbortSignal;
  onProgress: (progress: LaneProgress) => void;
}): Promise<LaneOutcome> {
  const { testbed, lane, agentProxy, direction, object, signal, onProgress } = options;
  const atStart = await readAccessBytes(testbed, lanePlaces[lane], direction);
  const hash = createHash("sha256");
  const startedAt = new Date().toISOString();
  const startMs = performance.now();
  const stalls = new LaneStalls(Date.parse(startedAt), testbed.status().faults);
  let deliveredBytes = 0;
  let lastByteMs = startMs;
  let errorText = "";
  const onChunk = (chunk: Buffer) => {
    hash.update(chunk);
    deliveredBytes += chunk.length;
    lastByteMs = performance.now();
    stalls.noteBytes(lastByteMs - startMs);
  };
  const upload = direction === "upload" ? testbed.expectUpload(onChunk) : null;
  const transfer = { url: upload?.url ?? object.url, bodyPath: upload === null ? null : object.path };
  const plan = planLane(lane, testbed, transfer, agentProxy);
  const child = testbed.spawn(lanePlaces[lane], "wget", plan.args, { stdio: ["ignore", "pipe", "pipe"] });
  const command = child.spawnargs.slice(child.spawnargs.indexOf("--") + 1).join(" ");
  // Of an upload's answer nothing counts, but it has to be read.
  child.stdout?.on("data", upload === null ? onChunk : () => {});
  child.stderr?.on("data", (chunk: Buffer) => {
    errorText = (errorText + chunk.toString()).slice(-2000);
  });
  const ended = new Promise<Fetched>((resolve) => {
    child.on("close", (exitCode, signalCode) => resolve({ exitCode, signalCode, errorText }));
    child.on("error", (error) => resolve({ exitCode: null, signalCode: null, errorText: error.message }));
  });
  const kill = () => child.kill("SIGKILL");
  signal.addEventListener("abort", kill);
  if (signal.aborted) kill();

  const sample = async () => {
    const now = await readAccessBytes(testbed, lanePlaces[lane], direction);
    const tMs = Math.round((performance.now() - startMs) * 10) / 10;
    stalls.noteFaults(testbed.status().faults);
    const faults = stalls.faults(deliveredBytes < object.sizeBytes ? tMs : lastByteMs - startMs);
    const bytes = { lteBytes: now.lte - atStart.lte, wifiBytes: now.wifi - atStart.wifi, deliveredBytes };
    onProgress({ state: "running", command, startedAt, deliveredBytes, faults, sample: { tMs, ...bytes } });
  };
  onProgress({ state: "running", command, startedAt, deliveredBytes, faults: stalls.faults(0), sample: null });
  let sampling: Promise<void> | null = null;
  const timer = setInterval(() => {
    // Counters that cannot be read (the testbed is being stopped) end with the lane, whose wget ends too.
    sampling ??= sample()
      .catch(() => {})
      .finally(() => {
        sampling = null;
      });
  }, sampleMs);
  try {
    const fetched = await ended;
    clearInterval(timer);
    // A sample that is on its way would tell of a running lane after its outcome.
    await sampling;
    await sample().catch(() => {});
    const sha256 = hash.digest("hex");
    const error = judge({ plan, direction, object }, fetched, deliveredBytes, sha256);
    if (signal.aborted) return { state: "cancelled", elapsedMs: null, deliveredBytes, sha256: null, error: null };
    if (error !== null) return { state: "failed", elapsedMs: null, deliveredBytes, sha256, error };
    return { state: "finished", elapsedMs: lastByteMs - startMs, deliveredBytes, sha256, error: null };
  } catch (error) {
    kill();
    return { state: "failed", elapsedMs: null, deliveredBytes, sha256: null, error: errorMessage(error) };
  } finally {
    clearInterval(timer);
    upload?.forget();
    signal.removeEventListener("abort", kill);
  }
}

/** What went wrong and what to do; null for a transfer that is whole. */
function judge(
  { plan, direction, object }: { plan: LanePlan; direction: DemoDirection; object: ContentObject },
  { exitCode, signalCode, errorText }: Fetched,
  deliveredBytes: number,
  sha256: string,
): string | null {
  if (exitCode !== 0) {
    const meaning = exitMeanings[exitCode ?? -1] ?? `it ended with ${signalCode ?? `exit code ${exitCode}`}`;
    const said = errorText.trim().split("\n").at(-1) ?? "";
    const where = `after ${deliveredBytes} of ${object.sizeBytes} bytes`;
    return `wget failed ${where}: ${meaning}${said === "" ? "" : ` (${said})`}. ${plan.hint}`;
  }
  if (deliveredBytes !== object.sizeBytes)
    return `${direction === "download" ? "wget handed out" : "The content provider was given"} ${deliveredBytes} of ${object.sizeBytes} bytes. ${plan.hint}`;
  if (sha256 !== object.sha256)
    return `The payload differs from the object: SHA-256 ${sha256} in place of ${object.sha256}. Run it again; if it stays, the path in between changes bytes.`;
  return null;
}
