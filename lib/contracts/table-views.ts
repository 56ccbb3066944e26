import * as z from "zod";

/** The lists whose views can be kept. */
export const listedTableSchema = z.enum(["subscribers", "devices", "sessions", "audit"]);

const wordSchema = z.string().regex(/^[a-zA-Z]{1,40}$/);
const mostFilters = 12;

/** `POST /api/account/views`: keeps it under its name, in place of what had that name. */
export const tableViewInputSchema = z.object({
  table: listedTableSchema,
  name: z.string().trim().min(1).max(60),
  /** What the list is asked for, as its page's address has it. */
  filter: z
    .record(wordSchema, z.string().max(200))
    .refine((filter) => Object.keys(filter).length <= mostFilters, `At most ${mostFilters} filters.`),
  /** The columns shown; null: as many as the screen is wide. */
  columns: z.array(wordSchema).max(30).nullable(),
});

export const tableViewSchema = tableViewInputSchema.extend({ id: z.uuid() });

/** `GET /api/account/views?table=`: one's own of a list, by name. */
export const tableViewQuerySchema = z.object({ table: listedTableSchema });
export const tableViewListSchema = z.object({ items: z.array(tableViewSchema) });

export type ListedTable = z.infer<typeof listedTableSchema>;
export type TableViewInput = z.infer<typeof tableViewInputSchema>;
export type TableView = z.infer<typeof tableViewSchema>;
