import { AccountingServers } from "@/lib/radius/accounting-servers";
import { errorMessage } from "@/lib/shared/errors";
import { createLog } from "@/lib/shared/log";
import { type AccountingSettings, readAccountingSettings } from "./accounting-settings";
import { foldAccounting } from "./fold-accounting";
import { isLeadingPortal } from "./leadership";
import { processSingleton } from "./process-singleton";
import { sendAccounting } from "./send-accounting";

const lookEveryMs = 5000;
/** Where no server answers the next look is after twice as long, up to this. */
const longestPauseMs = 300_000;

/** Accounts usage by RADIUS from its making on. Every portal process has one; the leading one's works. */
class AccountingWatch {
  private readonly log = createLog("accounting");
  private readonly servers: AccountingServers;
  private pauseMs = lookEveryMs;

  constructor(private readonly settings: AccountingSettings) {
    this.servers = new AccountingServers(settings.servers, settings.secret);
    this.lookLater();
  }

  private lookLater(): void {
    setTimeout(() => void this.look().finally(() => this.lookLater()), this.pauseMs).unref();
  }

  private async look(): Promise<void> {
    try {
      if (!(await isLeadingPortal())) return;
      await foldAccounting();
      await sendAccounting(this.servers, this.settings);
      this.pauseMs = lookEveryMs;
    } catch (error) {
      this.pauseMs = Math.min(this.pauseMs * 2, longestPauseMs);
      this.log.warn({ reason: errorMessage(error) }, "cannot account usage; nothing is lost");
    }
  }
}

/** The process's watch, or null where usage is not accounted; it works from the first call on. */
export function accountingWatch(): AccountingWatch | null {
  return processSingleton("accounting-watch", () => {
    const settings = readAccountingSettings();
    return settings === null ? null : new AccountingWatch(settings);
  });
}
