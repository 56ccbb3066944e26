import * as z from "zod";
import { timestampSchema } from "./access";
import { maxHistoryDays } from "./limits";
import { ownFieldSentences } from "./sentences/field-sentences";

/** The most points of a chart. */
export const maxHistoryPoints = 300;
const minuteMs = 60_000;

export const historyBySchema = z.enum(["access", "class", "white-list", "node"]);

/** `GET /api/history?by=&from=&to=&compare=`; `GET /api/history/export` with the same is a CSV file. */
export const historyQuerySchema = z
  .object({
    by: historyBySchema.default("access"),
    from: timestampSchema,
    to: timestampSchema,
    /** `week`: the same span a week before, too. */
    compare: z.enum(["nothing", "week"]).default("nothing"),
  })
  .superRefine(({ from, to }, context) => {
    const spanMinutes = (Date.parse(to) - Date.parse(from)) / minuteMs;
    if (spanMinutes < 5)
      context.addIssue({ code: "custom", path: ["to"], message: ownFieldSentences.chooseMoreMinutes() });
    if (spanMinutes > maxHistoryDays * 24 * 60)
      context.addIssue({ code: "custom", path: ["from"], message: ownFieldSentences.chooseFewerDays() });
  });

/** Bit/s of one bucket's minutes; null where nobody reported. */
export const historyPointSchema = z
  .object({ min: z.number().min(0), avg: z.number().min(0), max: z.number().min(0) })
  .nullable();

export const historySeriesSchema = z.object({
  /** `lte`, `wifi`, `other`; a class's, white-list's or node's id. */
  id: z.string(),
  name: z.string(),
  totalBytes: z.number().min(0),
  points: z.array(historyPointSchema).max(maxHistoryPoints),
});

export const historySchema = z.object({
  by: historyBySchema,
  bucketMinutes: z.int().min(1),
  /** Where each bucket begins, oldest first. The minute that runs is not among them. */
  buckets: z.array(timestampSchema).max(maxHistoryPoints),
  /** All together. */
  total: historySeriesSchema,
  /** The busiest first. */
  series: z.array(historySeriesSchema),
  /** The total a week before, bucket by bucket; null unless asked for. */
  weekBefore: z.array(historyPointSchema).nullable(),
  /** Each class in force, over the whole span. */
  shares: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      /** Per cent, of the policy in force now; null unless the class shares LTE. */
      targetPercent: z.number().nullable(),
      /** Per cent; null without traffic. */
      achievedPercent: z.number().nullable(),
    }),
  ),
});

export type HistoryBy = z.infer<typeof historyBySchema>;
export type HistoryQuery = z.infer<typeof historyQuerySchema>;
export type HistoryPoint = z.infer<typeof historyPointSchema>;
export type HistorySeries = z.infer<typeof historySeriesSchema>;
export type History = z.infer<typeof historySchema>;
