import * as z from "zod";
import { byteCountSchema, timestampSchema } from "./access";

/** One emulated access link: rate, one round trip's delay and loss, applied to both directions alike. */
export const linkSettingsSchema = z.object({
  rateMbps: z.number().min(0.1).max(10_000),
  rttMs: z.number().min(0).max(2000),
  lossPercent: z.number().min(0).max(100),
});

export const accessLinkIdSchema = z.enum(["lte", "wifi"]);

/**
 * What an access link can be made to suffer while transfers run. `down`: the UE sees its carrier go. `blackhole`: the
 * link stays up and carries nothing. `weak`: 1 Mbit/s, 300 ms round trip, 5 % loss. `new-address`: the UE is given another
 * address there. `options-stripped`: a middlebox removes MPTCP's options. `joins-refused`: one that drops MP_JOIN.
 */
export const linkFaultSchema = z.enum([
  "none",
  "down",
  "blackhole",
  "weak",
  "new-address",
  "options-stripped",
  "joins-refused",
]);

/** `POST /api/testbed/links`: change a link under the transfers that run; what is absent stays. */
export const linkChangeSchema = z.object({
  access: accessLinkIdSchema,
  settings: linkSettingsSchema.optional(),
  fault: linkFaultSchema.optional(),
});

/** A link's fault, and when it was in force; `at` is null where there never was one. */
export const linkFaultStateSchema = z.object({ fault: linkFaultSchema, at: timestampSchema.nullable() });

export const presetSchema = z.object({
  id: z.enum(["city", "kt-2015"]),
  name: z.string(),
  lte: linkSettingsSchema,
  wifi: linkSettingsSchema,
});

/** `lte-only`: the general UE, direct. `wifi-only`: the pM-UE's WiFi, direct. `lte-wifi`: the pM-UE through the proxy. */
export const laneIdSchema = z.enum(["lte-only", "wifi-only", "lte-wifi"]);

/** `download`: the UE fetches the object. `upload`: it sends it to the content provider. */
export const demoDirectionSchema = z.enum(["download", "upload"]);

export const maxDemoObjectBytes = 1_000_000_000;

export const demoRequestSchema = z.object({
  /** Of the testbed's links; a device's are what they are. */
  preset: presetSchema.shape.id,
  /** Id of the subscriber's device that runs the lanes; null: the testbed. */
  device: z.string().min(1).max(100).nullable().default(null),
  direction: demoDirectionSchema.default("download"),
  /** Bytes of the object each lane transfers; whole megabytes (10^6) up to 1 GB (10^9). */
  sizeBytes: z.int().min(1_000_000).max(maxDemoObjectBytes).multipleOf(1_000_000),
  lanes: z.array(laneIdSchema).min(1).max(3),
});

/**
 * Cumulative since the lane began. `lteBytes` and `wifiBytes` are counted at the UE's interfaces in the run's direction,
 * headers included.
 */
export const laneSampleSchema = z.object({
  /** Milliseconds since the lane's wget was started. */
  tMs: z.number().min(0),
  lteBytes: byteCountSchema,
  wifiBytes: byteCountSchema,
  /** Payload bytes that wget handed out, or that arrived at the content provider. */
  deliveredBytes: byteCountSchema,
});

/** A link's fault that began while a lane ran (`none`: that ended), and how long no payload came around it. */
export const laneFaultSchema = z.object({
  /** Milliseconds since the lane's wget was started; 0 where it was broken from the start. */
  tMs: z.number().min(0),
  access: accessLinkIdSchema,
  fault: linkFaultSchema,
  stallMs: z.number().min(0),
});

export const laneReportSchema = z.object({
  lane: laneIdSchema,
  state: z.enum(["waiting", "running", "finished", "failed", "cancelled"]),
  /** The command line as it was run, for the method drawer. */
  command: z.string().nullable(),
  startedAt: timestampSchema.nullable(),
  /** Start of wget to the last byte where it was to arrive; null until finished. */
  elapsedMs: z.number().min(0).nullable(),
  deliveredBytes: byteCountSchema,
  /** SHA-256 of what wget handed out, or of what arrived at the content provider. */
  sha256: z.string().length(64).nullable(),
  /** What went wrong and what to do; null unless failed. */
  error: z.string().nullable(),
  /** Oldest first. */
  faults: z.array(laneFaultSchema).max(1000).default([]),
  /** New samples since the last report. */
  samples: z.array(laneSampleSchema).max(1000),
});

export const testbedStatusSchema = z.object({
  state: z.enum(["starting", "ready", "running", "stopping"]),
  preset: presetSchema.shape.id,
  lte: linkSettingsSchema,
  wifi: linkSettingsSchema,
  faults: z.object({ lte: linkFaultStateSchema, wifi: linkFaultStateSchema }),
  /** How delay and loss are made on this machine. */
  delayMethod: z.enum(["netem", "nfqueue"]),
  congestionControl: z.string(),
  /** MPTCP's packet scheduler at the proxy, which sends the downloads, and at the UE; empty where the kernel names none. */
  scheduler: z.string().default(""),
  kernel: z.string(),
  /** SHA-256 of the content provider's object by size in bytes, where it was computed. */
  objectSha256: z.record(z.string(), z.string()),
});

/** Progress of a run; each lane carries the samples that are new since the report before. */
export const runReportSchema = z.object({
  runId: z.string(),
  state: z.enum(["running", "finished", "failed", "cancelled"]),
  lanes: z.array(laneReportSchema).max(laneIdSchema.options.length),
});

/** `POST /api/testbed/reports`: the testbed's state, and progress of the run it works on. */
export const testbedReportSchema = z.object({
  at: timestampSchema,
  status: testbedStatusSchema,
  run: runReportSchema.nullable(),
});

const runCommandSchema = z.object({ type: z.literal("run"), runId: z.string(), request: demoRequestSchema });
const cancelCommandSchema = z.object({ type: z.literal("cancel"), runId: z.string() });

/** What whoever runs lanes is told, testbed or device. */
export const demoCommandSchema = z.discriminatedUnion("type", [runCommandSchema, cancelCommandSchema]);

/** What a device is told: beside its orders, how many bytes of a lane's upload have arrived at the portal so far. */
export const deviceCommandSchema = z.discriminatedUnion("type", [
  runCommandSchema,
  cancelCommandSchema,
  z.object({ type: z.literal("arrived"), runId: z.string(), lane: laneIdSchema, bytes: byteCountSchema }),
]);

/** `PUT /api/demo/source/<run>`: a lane of a device sends the object. */
export const demoUploadQuerySchema = z.object({ lane: laneIdSchema });

/** What arrived of it. */
export const demoUploadSchema = z.object({ bytes: byteCountSchema, sha256: z.string().length(64) });

/** Events of `GET /api/testbed/commands` (text/event-stream; `event:` is the type). */
export const testbedCommandSchema = z.discriminatedUnion("type", [
  runCommandSchema,
  cancelCommandSchema,
  z.object({ type: z.literal("link"), change: linkChangeSchema }),
  z.object({ type: z.literal("heartbeat"), at: timestampSchema }),
]);

export type LinkSettings = z.infer<typeof linkSettingsSchema>;
export type AccessLinkId = z.infer<typeof accessLinkIdSchema>;
export type LinkFault = z.infer<typeof linkFaultSchema>;
export type LinkChange = z.infer<typeof linkChangeSchema>;
export type Preset = z.infer<typeof presetSchema>;
export type PresetId = Preset["id"];
export type LaneId = z.infer<typeof laneIdSchema>;
export type DemoDirection = z.infer<typeof demoDirectionSchema>;
export type DemoRequest = z.infer<typeof demoRequestSchema>;
/** A request as it may be written: what has a default can be left out. */
export type DemoOrder = z.input<typeof demoRequestSchema>;
export type LaneSample = z.infer<typeof laneSampleSchema>;
export type LaneFault = z.infer<typeof laneFaultSchema>;
export type LaneReport = z.infer<typeof laneReportSchema>;
export type RunReport = z.infer<typeof runReportSchema>;
export type DemoCommand = z.infer<typeof demoCommandSchema>;
export type DeviceCommand = z.infer<typeof deviceCommandSchema>;
export type DemoUpload = z.infer<typeof demoUploadSchema>;
export type TestbedStatus = z.infer<typeof testbedStatusSchema>;
export type TestbedReport = z.infer<typeof testbedReportSchema>;
export type TestbedCommand = z.infer<typeof testbedCommandSchema>;

/** A lane whose turn has not come. */
export function waitingLane(lane: LaneId): LaneReport {
  return {
    lane,
    state: "waiting",
    command: null,
    startedAt: null,
    elapsedMs: null,
    deliveredBytes: 0,
    sha256: null,
    error: null,
    faults: [],
    samples: [],
  };
}
