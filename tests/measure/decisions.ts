/**
 * `npm run measure -- decisions`: decisions a second of one core at 100,000 white-list rules, trace included, compared in
 * the same run with one Map of suffixes a length and with a plain search; time to compile and heap of the compiled
 * policy. The median decides; the worst half second is told. Options: `--rules N` (default 100000), `--runs N` (default 11).
 */
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type CompiledPolicy, compilePolicy, decideAddress, decideHost, type RuleInput } from "@/lib/policy";
import { conclude, describeMachine, median } from "../factories/figures";
import { MapWhiteLists, PlainWhiteLists } from "../factories/plain-white-lists";

const { values } = parseArgs({
  options: { rules: { type: "string", default: "100000" }, runs: { type: "string", default: "11" } },
});
const ruleCount = Number(values.rules);
const runs = Number(values.runs);
const goal = 500_000;
const queryCount = 20_000;
const secondsARun = 0.5;
const extraIds: ReadonlySet<string> = new Set(["extra-1"]);

type Query = { host: string; port: number; address: string | null };

/** A repeatable sequence in [0, 1): mulberry32. */
function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomSource(20);
const below = (limit: number): number => Math.floor(random() * limit);
const topLevels = ["com", "net", "org", "io", "co.kr", "example", "tv", "de"];
const publicFirst = [1, 8, 23, 34, 52, 93, 104, 142, 151, 185];

function domain(): string {
  return `${below(ruleCount).toString(36)}-site.${topLevels[below(topLevels.length)]}`;
}

function publicAddress(): string {
  return `${publicFirst[below(publicFirst.length)]}.${below(256)}.${below(256)}.${below(256)}`;
}

function cidr(): string {
  const length = 16 + below(17);
  const word = publicAddress()
    .split(".")
    .reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const start = Math.floor(word / 2 ** (32 - length)) * 2 ** (32 - length);
  return `${[24, 16, 8, 0].map((shift) => (start >>> shift) & 255).join(".")}/${length}`;
}

function rule(index: number): RuleInput {
  const ports = index % 4 === 0 ? [{ from: 443, to: 443 }] : index % 4 === 1 ? [{ from: 80, to: 443 }] : [];
  const kind = (["host", "domain-suffix", "cidr"] as const)[index % 3] ?? "host";
  const value = kind === "cidr" ? cidr() : kind === "host" ? `www.${domain()}` : domain();
  return { kind, value, ports };
}

/** Hits and misses of names, numeric hosts and resolved names in equal parts. */
function query(rules: readonly RuleInput[], index: number): Query {
  const chosen = rules[below(rules.length)];
  const port = index % 8 === 0 ? 8443 : 443;
  const address = publicAddress();
  const name = chosen === undefined || chosen.kind === "cidr" ? `www.${domain()}` : chosen.value;
  switch (index % 6) {
    case 0:
      return { host: name, port, address: null };
    case 1:
      return { host: `cdn.${name}`, port, address };
    case 2:
      return { host: `a1.b2.${domain()}`, port, address };
    case 3:
      return { host: `x${below(1e9).toString(36)}.unlisted.com`, port, address: null };
    case 4:
      return { host: address, port, address: null };
    default:
      return { host: `y${below(1e9).toString(36)}.unlisted.net`, port, address };
  }
}

const rules = Array.from({ length: ruleCount }, (_, index) => rule(index));
const listCount = 50;
const listIndexes = Array.from({ length: listCount }, (_, index) => index);
const content = {
  version: 1,
  serviceClasses: [],
  whiteLists: listIndexes.map((index) => ({
    id: index % 5 === 0 ? `extra-${index / 5}` : `list-${index}`,
    name: `List ${index}`,
    audience: index % 5 === 0 ? ("extra" as const) : ("everyone" as const),
    rules: rules.filter((_, at) => at % listCount === index),
  })),
  accessNetworks: [],
  allowedPrivateRanges: ["10.0.0.0/8"],
};
const queries = Array.from({ length: queryCount }, (_, index) => query(rules, index));

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

function heapBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function decide(policy: CompiledPolicy, { host, port, address }: Query): ReturnType<typeof decideHost> {
  return address === null
    ? decideHost(policy, { host, port }, extraIds)
    : decideAddress(policy, { host, port, address }, extraIds);
}

/** The rule a decision names, in the words of the references. */
function answer(policy: CompiledPolicy, asked: Query): string | null {
  const decision = decide(policy, asked);
  return decision.kind === "allowed" ? `${decision.whiteListId} ${decision.rule.kind} ${decision.rule.value}` : null;
}

/**
 * Answers a second of CPU, over all queries again and again for `seconds`. The process's CPU time, its garbage
 * collector's threads included: other programs on the machine do not count against one core.
 */
function rateOf(ask: (asked: Query) => unknown, asked: readonly Query[], seconds: number): number {
  const before = process.cpuUsage();
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < seconds * 1000) {
    for (const one of asked) ask(one);
    count += asked.length;
  }
  const { user, system } = process.cpuUsage(before);
  return (count * 1e6) / (user + system);
}

const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString("en")}/s`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

console.log(describeMachine());
const heapBefore = heapBytes();
const compileBegan = performance.now();
const policy = compilePolicy(content, ["203.0.113.7"]);
const compileMs = performance.now() - compileBegan;
const heapGrown = heapBytes() - heapBefore;
const plain = new PlainWhiteLists(content.whiteLists);
const maps = new MapWhiteLists(content.whiteLists);

const allowed = queries.filter((asked) => decide(policy, asked).kind === "allowed").length;
console.log(
  `${ruleCount} rules in ${listCount} lists: compiled in ${compileMs.toFixed(0)} ms, ${megabytes(heapGrown)} of heap besides the rules themselves (${(heapGrown / ruleCount).toFixed(0)} bytes a rule)`,
);
console.log(`${queryCount} queries, ${((100 * allowed) / queryCount).toFixed(0)} % of them allowed`);

for (const asked of queries) {
  if (maps.match(asked, extraIds) !== answer(policy, asked))
    throw new Error(`another answer than the Maps' for ${JSON.stringify(asked)}`);
}
const sample = queries.filter((_, index) => index % 100 === 0);
for (const asked of sample)
  if (plain.match(asked, extraIds) !== answer(policy, asked))
    throw new Error(`another answer than the plain search's for ${JSON.stringify(asked)}`);
console.log(`answers: equal to the Maps' for ${queries.length} queries and to the plain search's for ${sample.length}`);

const rates: number[] = [];
const mapRates: number[] = [];
for (let run = 0; run <= runs; run += 1) {
  const rate = rateOf((asked) => decide(policy, asked), queries, secondsARun);
  const mapRate = rateOf((asked) => maps.match(asked, extraIds), queries, secondsARun);
  if (run === 0) continue;
  rates.push(rate);
  mapRates.push(mapRate);
}
const plainRate = rateOf((asked) => plain.match(asked, extraIds), sample.slice(0, 20), secondsARun);
const names = queries.filter(({ address }) => address === null);
const resolved = queries.filter(({ address }) => address !== null);
console.log(`decideHost alone ${perSecond(rateOf((asked) => decide(policy, asked), names, secondsARun))}`);
console.log(`decideAddress alone ${perSecond(rateOf((asked) => decide(policy, asked), resolved, secondsARun))}`);
console.log(
  `÷ one Map a suffix and prefix length (rules only, no ranges, no trace): ${(median(rates) / median(mapRates)).toFixed(2)}; ÷ plain search: ${(median(rates) / plainRate).toFixed(0)}`,
);
conclude(
  "decisions",
  `median ${perSecond(median(rates))}, worst ${perSecond(Math.min(...rates))}, ${runs} runs of ${secondsARun} s, per second of CPU; heap ${megabytes(heapGrown)}`,
  "≥ 500,000 decisions/s",
  median(rates) >= goal,
);
