import * as z from "zod";
import { timestampSchema } from "./access";
import { laneIdSchema, runReportSchema } from "./demo";

/**
 * Why a device cannot run a lane now. `no-link`: it was started without that link, or the link carries nothing.
 * `one-interface`: both links are one interface, whose bytes cannot be told apart. `no-mptcp`: its kernel has none.
 * `not-proxied`: by its policy the source is not reached through the proxy. `captured`: what goes there directly is
 * captured and goes through the proxy too. `no-wget`: the program is missing.
 */
export const laneRefusalSchema = z.enum(["no-link", "one-interface", "no-mptcp", "not-proxied", "captured", "no-wget"]);

const deviceLinkSchema = z.object({ interfaceName: z.string().max(40), address: z.string().max(60) });

/** A device that allows demo runs, as its agent says it is. */
export const demoDeviceStatusSchema = z.object({
  /** Null: the device has none, or it has no address. */
  links: z.object({ lte: deviceLinkSchema.nullable(), wifi: deviceLinkSchema.nullable() }),
  /** Lanes that it cannot run now. */
  refusals: z.array(z.object({ lane: laneIdSchema, reason: laneRefusalSchema })).max(laneIdSchema.options.length),
  /** Where the object comes from, as the device's command line has it. */
  sourceUrl: z.string().max(500),
  /** It can send the object too: to the portal, where that is the source. */
  takesUploads: z.boolean().default(false),
  /** The proxy node that new connections go to. */
  proxy: z.string().max(80),
  kernel: z.string().max(100),
  /** SHA-256 of the object by size in bytes, where it was computed. */
  objectSha256: z.record(z.string(), z.string().length(64)),
});

/** The device of a run, with the name that staff see; empty in what is shared outside. */
export const demoDeviceSchema = demoDeviceStatusSchema.extend({ name: z.string() });

/** `POST /api/agents/demo-reports`: what the device can do, and progress of the run it works on. */
export const demoDeviceReportSchema = z.object({
  at: timestampSchema,
  status: demoDeviceStatusSchema,
  run: runReportSchema.nullable(),
});

/** `GET /api/demo/devices`: devices that are there now and allow demo runs. */
export const demoDeviceListSchema = z.object({ items: z.array(demoDeviceSchema.extend({ id: z.string() })) });

export type LaneRefusal = z.infer<typeof laneRefusalSchema>;
export type DemoDeviceStatus = z.infer<typeof demoDeviceStatusSchema>;
export type DemoDevice = z.infer<typeof demoDeviceSchema>;
export type DemoDeviceReport = z.infer<typeof demoDeviceReportSchema>;
export type ListedDemoDevice = z.infer<typeof demoDeviceListSchema>["items"][number];
