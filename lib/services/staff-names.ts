import * as z from "zod";
import { getDatabase } from "@/lib/db/client";

/** Ids of this kind among actors: `staff:<id>`, `token:<id>`. */
function idsOf(kind: "staff" | "token", actors: readonly string[]): string[] {
  const texts = actors.filter((actor) => actor.startsWith(`${kind}:`)).map((actor) => actor.slice(kind.length + 1));
  return [...new Set(texts.filter((text) => z.uuid().safeParse(text).success))];
}

/** Names of those who did something, by the actor that the audit log writes; what is no account or token keeps its text. */
export async function staffNames(actors: readonly string[]): Promise<(actor: string) => string> {
  const database = getDatabase();
  const select = { id: true, name: true };
  const staffIds = idsOf("staff", actors);
  const tokenIds = idsOf("token", actors);
  const staff = staffIds.length === 0 ? [] : await database.staff.findMany({ where: { id: { in: staffIds } }, select });
  const tokens =
    tokenIds.length === 0 ? [] : await database.apiToken.findMany({ where: { id: { in: tokenIds } }, select });
  const names = new Map<string, string>();
  for (const { id, name } of staff) names.set(`staff:${id}`, name);
  for (const { id, name } of tokens) names.set(`token:${id}`, `${name} (API token)`);
  return (actor) => names.get(actor) ?? actor;
}
