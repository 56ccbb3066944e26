import * as z from "zod";
import type { Told } from "@/lib/shared/said";

/** A sentence by its code and what it names, for who tells it in another language than English. */
export const toldSchema: z.ZodType<Told> = z
  .object({
    code: z.string().max(60),
    values: z.record(z.string(), z.union([z.string(), z.number(), z.lazy(() => toldSchema)])),
  })
  .meta({ id: "Told" });
