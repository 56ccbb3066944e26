import { type ChildProcess, spawn } from "node:child_process";
import type { AccessLinkId, LinkFault, LinkSettings, PresetId } from "@/lib/contracts/demo";
import { presets } from "@/lib/contracts/demo-presets";
import { sleep } from "@/lib/shared/sleep";
import type { Testbed } from "@/lib/testbed";
import type { SignedInStaff, StartedDemo } from "./started-demo";

/** What measures of steering need of a network, be it the product's testbed or one with plain programs. */
export interface SteeringNet {
  readonly contentAddress: string;
  readonly ueAddress: Readonly<Record<AccessLinkId, string>>;
  spawn(place: "ue" | "content", command: string, args: string[]): ChildProcess;
  setLink(access: AccessLinkId, settings: LinkSettings): Promise<void>;
  /** @returns the wall clock (ms) when the fault was in force */
  setFault(access: AccessLinkId, fault: LinkFault): Promise<number>;
}

const ueAddress = { lte: "100.64.10.2", wifi: "192.168.30.2" } as const;
const inForceMs = 5000;

/** The links of a preset, with changes. */
export function linksOf(id: PresetId): Record<AccessLinkId, LinkSettings> {
  const preset = presets.find((candidate) => candidate.id === id);
  if (preset === undefined) throw new Error(`there is no preset ${id}`);
  return preset;
}

/** The demo's own testbed, its links changed through the portal as from the demo page. */
export function productNet(demo: StartedDemo, staff: SignedInStaff): SteeringNet {
  const change = (body: unknown): Promise<unknown> => staff.call("POST", "/api/testbed/links", body);
  const places = { ue: "ue", content: "icp" } as const;
  return {
    contentAddress: demo.contentAddress,
    ueAddress,
    spawn: (place, command, args) =>
      spawn("ip", ["netns", "exec", demo.namespace(places[place]), command, ...args], {
        stdio: ["ignore", "pipe", "pipe"],
      }),
    async setLink(access, settings) {
      await change({ access, settings });
      for (const end = Date.now() + inForceMs; Date.now() < end; await sleep(20)) {
        const { testbed } = await staff.liveSnapshot();
        if (testbed !== null && JSON.stringify(testbed[access]) === JSON.stringify(settings)) return;
      }
      throw new Error(`the testbed did not take ${JSON.stringify(settings)} for ${access}`);
    },
    async setFault(access, fault) {
      await change({ access, fault });
      for (const end = Date.now() + inForceMs; Date.now() < end; await sleep(20)) {
        const state = (await staff.liveSnapshot()).testbed?.faults[access];
        if (state?.fault === fault) return state.at === null ? Date.now() : Date.parse(state.at);
      }
      throw new Error(`the testbed did not take the fault ${fault} for ${access}`);
    },
  };
}

/** A testbed without the product, its UE's path manager set up as upstream documents it: one endpoint a link. */
export async function stockNet(testbed: Testbed): Promise<SteeringNet> {
  for (const [access, address] of Object.entries(ueAddress))
    await testbed.run("ue", "ip", ["mptcp", "endpoint", "add", address, "dev", `${access}0`, "subflow"]);
  return {
    contentAddress: testbed.addresses.content,
    ueAddress,
    spawn: (place, command, args) => testbed.spawn(place, command, args, { stdio: ["ignore", "pipe", "pipe"] }),
    setLink: (access, settings) => testbed.setLink(access, settings),
    async setFault(access, fault) {
      await testbed.setFault(access, fault);
      return Date.parse(testbed.status().faults[access].at ?? new Date().toISOString());
    },
  };
}
