import { type Bytes, reconcileUsage } from "@/lib/services/reconcile-usage";
import { say } from "./say";
import { withRunningDatabase } from "./with-running-database";

export type ReconcileCommand = { dataDir: string; from?: Date; to?: Date };

const shown = 20;

function line(name: string, { uploadBytes, downloadBytes }: Bytes): string {
  return `  ${name.padEnd(34)} ${String(uploadBytes).padStart(20)} ${String(downloadBytes).padStart(20)}`;
}

/** `twinpath reconcile`: whether paths, sessions and ledger have the same bytes. Gives the number of differences. */
export async function runReconcile({ dataDir, from, to }: ReconcileCommand): Promise<number> {
  const found = await withRunningDatabase(dataDir, () => reconcileUsage({ from: from ?? null, to: to ?? null }));
  const day = (at: Date): string => at.toISOString().slice(0, 10);
  say(`From ${day(found.from)} to ${day(found.to)} (UTC), bytes:`);
  say(`  ${"".padEnd(34)} ${"upload".padStart(20)} ${"download".padStart(20)}`);
  for (const { access, paths, unattributed, ledger } of found.accesses) {
    say(line(`${access}: paths`, paths));
    if (access === "other") say(line("other: of sessions, on no path", unattributed));
    say(line(`${access}: ledger`, ledger));
  }
  say(line("all: sessions that ended", found.sessions));
  say(line("all: their paths", found.sessionPaths));
  say(line("  of it not passed on", found.notPassedOn));
  say(line("all: sessions that run or were cut", found.unfinished));
  say(line("all: nodes", found.nodes));
  if (found.leftOut > 0)
    say(`${found.leftOut} subscribers are left out: sessions of theirs go on across the edge of these days.`);
  if (!found.areNodesCompared)
    say("The nodes' own totals are not compared: sessions run, or began before there was a ledger.");
  for (const { what, expectedBytes, foundBytes } of found.differences.slice(0, shown))
    say(`✗ ${what}: ${foundBytes} in place of ${expectedBytes} (${foundBytes - expectedBytes})`);
  const { length } = found.differences;
  if (length > shown) say(`… and ${length - shown} more`);
  say(length === 0 ? "✓ No difference." : `${length} differences.`);
  return length;
}
