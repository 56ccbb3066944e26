import { z } from "zod";
import { getDatabase } from "@/lib/db/client";

/** Names of those who did something, by the actor that the audit log writes; one that is no account keeps its text. */
export async function staffNames(actors: readonly string[]): Promise<(actor: string) => string> {
  const idOf = (actor: string): string | null => {
    const id = actor.startsWith("staff:") ? actor.slice("staff:".length) : "";
    return z.uuid().safeParse(id).data ?? null;
  };
  const ids = [...new Set(actors.map(idOf).filter((id) => id !== null))];
  const rows =
    ids.length === 0
      ? []
      : await getDatabase().staff.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return (actor) => names.get(idOf(actor) ?? "") ?? actor;
}
