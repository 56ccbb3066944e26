import { afterEach, expect, it } from "vitest";
import { PathHealth } from "@/lib/agent/paths/path-health";
import type { ProbeAnswer } from "@/lib/agent/paths/probe-path";
import { collectedLog } from "../../factories/collected-log";

const { log } = collectedLog();
const wifi = { access: "wifi", name: "wlan0", address: "192.0.2.1" } as const;
const lte = { access: "lte", name: "wwan0", address: "192.0.2.2" } as const;
const silence: ProbeAnswer = { reason: "no answer", isFinal: false };
let health: PathHealth | null = null;
afterEach(() => health?.stop());

/** What each path answers; null keeps probes waiting. */
function start(answers: Record<string, ProbeAnswer | null>) {
  const away: string[] = [];
  const started = new PathHealth({
    links: [wifi, lte],
    probe: async (address) => answers[address] ?? new Promise((resolve) => setTimeout(() => resolve(silence), 2000)),
    isBusy: () => true,
    onAnswer: ({ access }, wasAway) => {
      if (wasAway) away.push(access);
    },
    log,
  });
  health = started;
  const order = () => started.inOrder().map(({ access }) => access);
  const stateOf = (access: string) => started.status().find((path) => path.access === access)?.state;
  return { health: started, order, stateOf, away };
}

async function until(what: () => boolean): Promise<void> {
  for (const end = Date.now() + 3000; !what(); await new Promise((resolve) => setTimeout(resolve, 10)))
    if (Date.now() > end) throw new Error(`never: ${what}`);
}

it("prefers the path that answers, and goes back to the first one when it answers again", async () => {
  const answers: Record<string, ProbeAnswer | null> = { "192.0.2.1": null, "192.0.2.2": { rttMs: 40 } };
  const { order, stateOf, away } = start(answers);
  expect(order()).toEqual(["wifi", "lte"]);
  await until(() => stateOf("wifi") === "silent");
  expect(order()).toEqual(["lte", "wifi"]);
  answers["192.0.2.1"] = { rttMs: 20 };
  await until(() => stateOf("wifi") === "healthy");
  expect([order(), away]).toEqual([["wifi", "lte"], ["wifi"]]);
});

it("keeps a path that is back but too slow in reserve", async () => {
  const answers: Record<string, ProbeAnswer | null> = { "192.0.2.1": { rttMs: 20 }, "192.0.2.2": { rttMs: 40 } };
  const { health: paths, order, stateOf, away } = start(answers);
  await until(() => stateOf("wifi") === "healthy");
  answers["192.0.2.1"] = { reason: "barred", isFinal: true };
  paths.suspect(wifi.address, "a subflow ended");
  await until(() => stateOf("wifi") === "silent");
  answers["192.0.2.1"] = { rttMs: 900 };
  await until(() => stateOf("wifi") === "weak");
  expect([order(), away, paths.isUsable(wifi.address)]).toEqual([["lte", "wifi"], [], false]);
});

it("prefers a path that passes MPTCP, and forgets what it knew with the address", async () => {
  const { health: paths, order, stateOf } = start({ "192.0.2.1": { rttMs: 20 }, "192.0.2.2": { rttMs: 40 } });
  await until(() => stateOf("wifi") === "healthy" && stateOf("lte") === "healthy");
  paths.stripped(wifi.address);
  expect(order()).toEqual(["lte", "wifi"]);
  paths.setLink({ ...wifi, address: "192.0.2.9" });
  expect(order()).toEqual(["wifi", "lte"]);
  paths.setLink({ ...wifi, address: null });
  expect([order(), stateOf("wifi")]).toEqual([["lte"], "no-link"]);
});
