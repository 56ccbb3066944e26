import { errorMessage } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { deliverAlerts } from "./deliver-alerts";
import { isLeadingPortal } from "./leadership";
import { lookAfterAlerts } from "./look-after-alerts";
import { processSingleton } from "./process-singleton";

const lookEveryMs = 5000;

/** Looks after alerts from its making on. Every portal process has one; the leading one's looks. */
export class AlertWatch {
  private readonly log = createLog("alert-watch");
  private readonly timer: NodeJS.Timeout;
  private isLooking = false;

  constructor() {
    this.timer = setInterval(() => this.look(), lookEveryMs).unref();
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async lookOnce(): Promise<void> {
    if (!(await isLeadingPortal())) return;
    await lookAfterAlerts();
    await deliverAlerts();
  }

  private look(): void {
    if (this.isLooking) return;
    this.isLooking = true;
    this.lookOnce()
      .catch((error: unknown) => this.log.warn({ reason: errorMessage(error) }, "cannot look after alerts"))
      .finally(() => {
        this.isLooking = false;
      });
  }
}

/** The process's watch; it works from the first call on. */
export function alertWatch(): AlertWatch {
  return processSingleton("alert-watch", () => new AlertWatch());
}
