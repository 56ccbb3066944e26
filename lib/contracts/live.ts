import * as z from "zod";
import { timestampSchema } from "./access";
import { demoRequestSchema, laneReportSchema, laneSampleSchema, testbedStatusSchema } from "./demo";
import { demoDeviceSchema } from "./demo-devices";
import { shownNodeOrderSchema } from "./nodes";
import { nodeStatusSchema } from "./telemetry";

const accessRatesSchema = z.object({ lte: z.number(), wifi: z.number(), other: z.number() });
const ratesSchema = z.object({ downloadBps: accessRatesSchema, uploadBps: accessRatesSchema });

/** Bit rates at one moment over all nodes, by access and direction. */
export const liveRateSchema = ratesSchema.extend({
  at: timestampSchema,
  sessions: z.int().min(0),
  mptcpSessions: z.int().min(0),
});

/** `up`: reported within 3 s. `down`: not. */
export const liveNodeSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["proxy", "testbed"]),
  health: z.enum(["up", "down"]),
  lastSeenAt: timestampSchema.nullable(),
  /** Process starts seen: one more after a crash or restart. */
  starts: z.int().min(0),
  status: nodeStatusSchema.nullable(),
  /** Processes that were taken over from and serve their sessions to the end. */
  retiring: z.array(nodeStatusSchema),
  /** Null for a testbed. */
  order: shownNodeOrderSchema.nullable(),
  /** What it moves, by access, all its processes; null for a testbed and while nothing is heard of it. */
  rate: ratesSchema.nullable().default(null),
});

export const demoRunSchema = z.object({
  id: z.string(),
  request: demoRequestSchema,
  state: z.enum(["queued", "running", "finished", "failed", "cancelled"]),
  createdAt: timestampSchema,
  finishedAt: timestampSchema.nullable(),
  createdBy: z.string(),
  /** Lanes with all their samples so far. */
  lanes: z.array(laneReportSchema.extend({ samples: z.array(laneSampleSchema).max(100_000) })),
  /** The testbed as it was while it worked on the run; null before, and for a device's. */
  testbed: testbedStatusSchema.nullable(),
  /** The device that runs the lanes, as it was; null for the testbed's runs. */
  device: demoDeviceSchema.nullable(),
});

/** Events of `GET /api/live` (text/event-stream; `event:` is the type, `id:` a sequence that only grows). */
export const liveEventSchema = z.discriminatedUnion("type", [
  /** Sent first, and again after a gap: the last 120 s of rates, all nodes, the testbed. */
  z.object({
    type: z.literal("snapshot"),
    at: timestampSchema,
    rates: z.array(liveRateSchema),
    nodes: z.array(liveNodeSchema),
    testbed: testbedStatusSchema.nullable(),
    /** The run that is queued or running, else the newest one; null where none was ever made. */
    run: demoRunSchema.nullable(),
  }),
  z.object({ type: z.literal("rate"), rate: liveRateSchema }),
  z.object({ type: z.literal("node"), node: liveNodeSchema }),
  z.object({ type: z.literal("testbed"), testbed: testbedStatusSchema.nullable() }),
  /** A run began or changed its state: replaces what was known of it. */
  z.object({ type: z.literal("run"), run: demoRunSchema }),
  /** New samples of a running lane: append `lane.samples`, replace the rest. */
  z.object({ type: z.literal("lane"), runId: z.string(), lane: laneReportSchema }),
  z.object({ type: z.literal("heartbeat"), at: timestampSchema }),
]);

export type LiveRate = z.infer<typeof liveRateSchema>;
export type LiveRates = z.infer<typeof ratesSchema>;
export type LiveNode = z.infer<typeof liveNodeSchema>;
export type DemoRun = z.infer<typeof demoRunSchema>;
export type LiveEvent = z.infer<typeof liveEventSchema>;
