import { createHash } from "node:crypto";
import type { DemoDirection, LaneId, LaneReport, LaneSample } from "@/lib/contracts/demo";
import { errorMessage } from "@/lib/shared/errors";
import type { PreparedRun } from "./demo-place";
import { LaneStalls } from "./lane-stalls";

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

/** `stoppedBecause`: why we ended it; null: it ended by itself. */
type Fetched = {
  exitCode: number | null;
  signalCode: string | null;
  errorText: string;
  stoppedBecause: string | null;
};

/**
 * Run one lane's wget to its end and judge what it handed out, or what of it arrived, by size and SHA-256.
 *
 * Bytes of the run's direction only are sampled, 5 times a second. `signal` ends wget; the outcome is then "cancelled".
 * Never throws for a transfer that fails: the outcome says what happened and what to do.
 */
export async function runLane(options: {
  prepared: PreparedRun;
  lane: LaneId;
  direction: DemoDirection;
  /** A transfer that lasts longer is ended, as failed. */
  longestMs: number;
  signal: AbortSignal;
  onProgress: (progress: LaneProgress) => void;
}): Promise<LaneOutcome> {
  const { prepared, lane, direction, longestMs, signal, onProgress } = options;
  const { object } = prepared;
  const atStart = await prepared.accessBytes(lane);
  const hash = createHash("sha256");
  const startedAt = new Date().toISOString();
  const startMs = performance.now();
  const stalls = new LaneStalls(Date.parse(startedAt), prepared.faults());
  let deliveredBytes = 0;
  let carriedBytes = 0;
  let lastByteMs = startMs;
  let errorText = "";
  let stoppedBecause: string | null = null;
  let arrivedSha256: string | null = null;
  const onArrived = (bytes: number, sha256: string | null) => {
    arrivedSha256 ??= sha256;
    if (bytes <= deliveredBytes) return;
    deliveredBytes = bytes;
    if (deliveredBytes > object.sizeBytes) stop(`more came than the ${object.sizeBytes} bytes that were asked for`);
    lastByteMs = performance.now();
    stalls.noteBytes(lastByteMs - startMs);
  };
  const onChunk = (chunk: Buffer) => {
    hash.update(chunk);
    onArrived(deliveredBytes + chunk.length, null);
  };
  const { child, hint, forget } = prepared.start(lane, { onChunk, onArrived });
  const command = child.spawnargs.slice(child.spawnargs.indexOf("--") + 1).join(" ");
  child.stderr?.on("data", (chunk: Buffer) => {
    errorText = (errorText + chunk.toString()).slice(-2000);
  });
  const ended = new Promise<Fetched>((resolve) => {
    child.on("close", (exitCode, signalCode) => resolve({ exitCode, signalCode, errorText, stoppedBecause }));
    child.on("error", ({ message }) =>
      resolve({ exitCode: null, signalCode: null, errorText: message, stoppedBecause }),
    );
  });
  const kill = () => child.kill("SIGKILL");
  const stop = (reason: string) => {
    stoppedBecause ??= reason;
    kill();
  };
  const deadline = setTimeout(() => stop(`it took longer than ${longestMs / 60_000} minutes`), longestMs);
  signal.addEventListener("abort", kill);
  if (signal.aborted) kill();

  const sample = async () => {
    const now = await prepared.accessBytes(lane);
    const tMs = Math.round((performance.now() - startMs) * 10) / 10;
    stalls.noteFaults(prepared.faults());
    const faults = stalls.faults(deliveredBytes < object.sizeBytes ? tMs : lastByteMs - startMs);
    const bytes = { lteBytes: now.lte - atStart.lte, wifiBytes: now.wifi - atStart.wifi, deliveredBytes };
    carriedBytes = bytes.lteBytes + bytes.wifiBytes;
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
    const sha256 = arrivedSha256 ?? hash.digest("hex");
    const error = judge({ hint, direction, object, deliveredBytes, carriedBytes, sha256 }, fetched);
    if (signal.aborted) return { state: "cancelled", elapsedMs: null, deliveredBytes, sha256: null, error: null };
    if (error !== null) return { state: "failed", elapsedMs: null, deliveredBytes, sha256, error };
    return { state: "finished", elapsedMs: lastByteMs - startMs, deliveredBytes, sha256, error: null };
  } catch (error) {
    kill();
    return { state: "failed", elapsedMs: null, deliveredBytes, sha256: null, error: errorMessage(error) };
  } finally {
    clearInterval(timer);
    clearTimeout(deadline);
    forget();
    signal.removeEventListener("abort", kill);
  }
}

type Judged = Pick<PreparedRun, "object"> & {
  hint: string;
  direction: DemoDirection;
  deliveredBytes: number;
  /** At the lane's interfaces. */
  carriedBytes: number;
  sha256: string;
};

/** What went wrong and what to do; null for a transfer that is whole. */
function judge(
  { hint, direction, object, deliveredBytes, carriedBytes, sha256 }: Judged,
  { exitCode, signalCode, errorText, stoppedBecause }: Fetched,
): string | null {
  const where = `after ${deliveredBytes} of ${object.sizeBytes} bytes`;
  if (stoppedBecause !== null) return `wget was ended ${where}: ${stoppedBecause}. ${hint}`;
  if (exitCode !== 0) {
    const meaning = exitMeanings[exitCode ?? -1] ?? `it ended with ${signalCode ?? `exit code ${exitCode}`}`;
    const said = errorText.trim().split("\n").at(-1) ?? "";
    return `wget failed ${where}: ${meaning}${said === "" ? "" : ` (${said})`}. ${hint}`;
  }
  if (deliveredBytes !== object.sizeBytes)
    return `${direction === "download" ? "wget handed out" : "The content provider was given"} ${deliveredBytes} of ${object.sizeBytes} bytes. ${hint}`;
  if (sha256 !== object.sha256)
    return `The payload differs from the object: SHA-256 ${sha256} in place of ${object.sha256}. Run it again; if it stays, the path in between changes bytes.`;
  if (carriedBytes < deliveredBytes)
    return `Only ${carriedBytes} of ${deliveredBytes} bytes passed the lane's interfaces: the rest went another way. Check the route of each source address (ip rule).`;
  return null;
}
