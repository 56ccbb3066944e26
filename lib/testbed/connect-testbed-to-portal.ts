import { type LinkChange, type TestbedReport, testbedCommandSchema } from "@/lib/contracts/demo";
import { errorMessage } from "@/lib/shared/errors";
import { followEventStream } from "@/lib/shared/event-stream";
import type { Log } from "@/lib/shared/log";
import { sleep } from "@/lib/shared/sleep";
import type { AgentProxy } from "./lane-plan";
import { RunQueue } from "./run-queue";
import { RunReportBuffer } from "./run-report-buffer";
import type { Testbed } from "./testbed";

const reportWhileRunningMs = 200;
const reportElseMs = 2000;
const answerMs = 5000;
const firstBackOffMs = 500;
const longestBackOffMs = 5000;

/** Answers after which sending the same report again is of no use. */
const finalRefusals = [400, 404, 409, 413, 422];

export type PortalLink = {
  /** Cancels what runs, tells the portal, and closes. */
  stop(): Promise<void>;
};

/**
 * Take demo commands from the portal (`GET /api/testbed/commands`) and report the testbed's state and the run's progress
 * to it (`POST /api/testbed/reports`), until stopped. A portal that is away is tried again with a growing pause; what it
 * missed of a run is told when it is back.
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
  const reports = new RunReportBuffer();
  const stopping = new AbortController();
  let wake = new AbortController();
  const queue = new RunQueue(testbed, agentProxy, log, (run) => {
    reports.add(run);
    wake.abort();
  });

  const changeLink = async ({ access, settings, fault }: LinkChange) => {
    if (settings !== undefined) await testbed.setLink(access, settings);
    if (fault !== undefined) await testbed.setFault(access, fault);
    log.info({ access, settings, fault }, "link changed");
    wake.abort();
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
      else if (command.data.type === "run") queue.run(command.data);
      else if (command.data.type === "cancel") queue.cancel(command.data.runId);
      else if (command.data.type === "link")
        changeLink(command.data.change).catch((error) => log.error({ error: errorMessage(error) }, "link not changed"));
    },
  });

  /* False where the same report is to be sent again. */
  const post = async (): Promise<boolean> => {
    const run = reports.peek();
    const report: TestbedReport = { at: new Date().toISOString(), status: testbed.status(), run };
    const response = await fetch(new URL("/api/testbed/reports", portalUrl), {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(report),
      signal: AbortSignal.timeout(answerMs),
    });
    const text = await response.text();
    if (!response.ok) log.warn({ status: response.status, text: text.slice(0, 500) }, "report not taken");
    const isSettled = response.ok || finalRefusals.includes(response.status);
    if (run !== null && isSettled) reports.confirm(run);
    return isSettled;
  };

  const tell = async () => {
    let backOffMs = firstBackOffMs;
    while (!stopping.signal.aborted) {
      const isSettled = await post().catch((error) => {
        log.debug({ error: errorMessage(error) }, "report not delivered");
        return false;
      });
      const isBusy = queue.isRunning || reports.hasEnded;
      await sleep(isSettled ? (isBusy ? reportWhileRunningMs : reportElseMs) : backOffMs, wakeSignal());
      backOffMs = isSettled ? firstBackOffMs : Math.min(backOffMs * 2, longestBackOffMs);
    }
  };

  /* An idle pause ends with the first news; while a run reports, the rhythm is kept. */
  const wakeSignal = () => {
    if (queue.isRunning) return stopping.signal;
    wake = new AbortController();
    return AbortSignal.any([stopping.signal, wake.signal]);
  };

  const telling = tell();
  return {
    async stop() {
      await queue.stop();
      stopping.abort();
      await Promise.all([stopFollowing(), telling]);
      while (reports.hasEnded) if (!(await post().catch(() => false))) break;
    },
  };
}
