import * as z from "zod";

/** The access network a path runs over. */
export const accessSchema = z.enum(["lte", "wifi", "other"]);
export type Access = z.infer<typeof accessSchema>;

export const addressSchema = z.object({ address: z.string().max(64), port: z.int().min(0).max(65_535) });

/** A count of bytes: a whole number that a double holds exactly. */
export const byteCountSchema = z.int().min(0);

/** RFC 3339 with zone. */
export const timestampSchema = z.iso.datetime({ offset: true });
