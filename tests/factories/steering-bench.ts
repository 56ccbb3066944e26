import type { LinkSettings, PresetId } from "@/lib/contracts/demo";
import type { ServiceClass } from "@/lib/contracts/policy";
import { sleep } from "@/lib/shared/sleep";
import { FlowProgram } from "./flow-program";
import { PathCounters } from "./path-counters";
import { PortalDesk } from "./portal-desk";
import { SignedInStaff, type StartedDemo, startDemo } from "./started-demo";
import { linksOf, productNet, type SteeringNet } from "./steering-net";

const settleMs = 500;

/** The product as shipped, with streams through it and counters beside it. */
export type SteeringBench = {
  demo: StartedDemo;
  staff: SignedInStaff;
  net: SteeringNet;
  flows: FlowProgram;
  counters: PathCounters;
  /** Publish the class with these changes, and give it to the demo's subscriber. */
  setClass: (id: "gold" | "silver" | "bronze", changes?: Partial<ServiceClass>) => Promise<void>;
  stop: () => Promise<void>;
};

/** Both links as the preset says, LTE or WiFi with changes, and without faults. */
export async function setLinks(
  net: SteeringNet,
  preset: PresetId,
  changes: { lte?: Partial<LinkSettings>; wifi?: Partial<LinkSettings> } = {},
): Promise<void> {
  const { lte, wifi } = linksOf(preset);
  await net.setLink("lte", { ...lte, ...changes.lte });
  await net.setLink("wifi", { ...wifi, ...changes.wifi });
}

/** Start the demo with an account, streams and counters. */
export async function startSteeringBench(env: Record<string, string> = {}): Promise<SteeringBench> {
  const demo = await startDemo({ env });
  try {
    const staff = await SignedInStaff.byLink(demo);
    const desk = new PortalDesk(staff);
    const net = productNet(demo, staff);
    const flows = await FlowProgram.start(net);
    const counters = await PathCounters.start(net);
    const published = new Map<string, string>();
    return {
      demo,
      staff,
      net,
      flows,
      counters,
      async setClass(id, changes = {}) {
        const wanted = JSON.stringify(changes);
        if (wanted !== (published.get(id) ?? "{}")) {
          published.set(id, wanted);
          const { version } = await desk.publishClass(id, changes);
          await desk.untilApplied(version, "testbed-proxy");
        }
        await desk.changeSubscriber("demo-ue", { serviceClassId: id });
        await sleep(settleMs);
      },
      async stop() {
        await counters.stop();
        await flows.stop();
        await demo.stop();
      },
    };
  } catch (error) {
    await demo.stop();
    throw error;
  }
}
