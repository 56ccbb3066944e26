import { type LinkChange, testbedCommandSchema } from "@/lib/contracts/demo";
import { RunReporter } from "@/lib/demo";
import { errorMessage } from "@/lib/shared/errors";
import { followEventStream } from "@/lib/shared/event-stream";
import type { Log } from "@/lib/shared/log";
import type { AgentProxy } from "./lane-plan";
import type { Testbed } from "./testbed";
import { testbedPlace } from "./testbed-place";

export type PortalLink = {
  /** Cancels what runs, tells the portal, and closes. */
  stop(): Promise<void>;
};

/**
 * Take demo commands from the portal (`GET /api/testbed/commands`) and report the testbed's state and the run's progress
 * to it (`POST /api/testbed/reports`), until stopped.
 */
export function connectTestbedToPortal(options: {
  portalUrl: string;
  credential: string;
  testbed: Testbed;
  agentProxy: AgentProxy;
  log: Log;
}): PortalLink {
  const { portalUrl, credential, testbed, agentProxy, log } = options;
  const headers = { authorization: `Bearer ${credential}` };
  const reporter = new RunReporter({
    place: testbedPlace(testbed, agentProxy),
    url: new URL("/api/testbed/reports", portalUrl).href,
    headers,
    status: () => testbed.status(),
    hearsOrders: () => true,
    log,
  });

  const changeLink = async ({ access, settings, fault }: LinkChange) => {
    if (settings !== undefined) await testbed.setLink(access, settings);
    if (fault !== undefined) await testbed.setFault(access, fault);
    log.info({ access, settings, fault }, "link changed");
    reporter.tellSoon();
  };

  const stopFollowing = followEventStream({
    url: new URL("/api/testbed/commands", portalUrl).href,
    headers: () => headers,
    onState: (isConnected, reason) => {
      if (isConnected) log.info({ portalUrl }, "portal reached");
      else log.warn({ portalUrl, reason }, "portal not reached, trying again");
    },
    onEvent: (event) => {
      const command = testbedCommandSchema.safeParse(JSON.parse(event.data));
      if (!command.success) log.warn({ event: event.type, error: command.error.message }, "command not understood");
      else if (command.data.type === "run" || command.data.type === "cancel") reporter.take(command.data);
      else if (command.data.type === "link")
        changeLink(command.data.change).catch((error) => log.error({ error: errorMessage(error) }, "link not changed"));
    },
  });

  return {
    async stop() {
      await Promise.all([reporter.stop(), stopFollowing()]);
    },
  };
}
