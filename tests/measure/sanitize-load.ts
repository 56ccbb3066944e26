/**
 * `npm run measure -- sanitize-load`: mixed load (short and long sessions over TCP and MPTCP, limits, resets, half-closes,
 * an owner that meddles) through two relay engines under AddressSanitizer, LeakSanitizer and UBSan: rounds of sessions in
 * one process, after each of which every session must have ended as told, and at the end every descriptor be back.
 * Options: `--minutes N` (default 10), `--seed N`, `--quick` (one minute).
 */
import { parseArgs } from "node:util";
import { conclude, describeMachine } from "../factories/figures";
import { runSanitized } from "../native/sanitizers";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    quick: { type: "boolean", default: false },
  },
});
const minutes = values.quick ? 1 : Number(values.minutes);
const sessionsPerRound = 600;
/** One round, and leak detection at the end. */
const graceMs = 180_000;

console.log(describeMachine());
console.log(`seed ${values.seed}`);
const load = { sessions: sessionsPerRound, seed: Number(values.seed), minutes };
const { findings, result, stderr } = await runSanitized(load, minutes * 60_000 + graceMs);
for (const finding of findings) console.log(finding);
if (result === null) console.log(stderr.slice(-4000));
for (const fault of result?.faults ?? []) console.log(fault);
const { accepted = 0, rounds = 0, before = 0, after = -1, faults = ["it did not end by itself"] } = result ?? {};
conclude(
  "sanitize-load",
  `${findings.length} findings and ${faults.length} faults in ${minutes} minutes, ${accepted} connections in ${rounds} rounds; descriptors ${before} before, ${after} after`,
  "no finding, no fault, no descriptor left",
  findings.length === 0 && faults.length === 0 && after <= before,
);
