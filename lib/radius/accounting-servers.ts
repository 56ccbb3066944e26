import { AccountingClient, type RadiusServer, type RetryTimes, retryTimes } from "./accounting-client";
import type { AccountingRecord } from "./accounting-record";

/** So long after it was left the first server is tried again. */
const returnAfterMs = 300_000;

/** The servers that take the same records: the first one where it answers, else the next one. */
export class AccountingServers {
  private readonly clients: readonly AccountingClient[];
  private current = 0;
  private firstLeftAtMs = 0;

  constructor(servers: readonly RadiusServer[], secret: string, times: RetryTimes = retryTimes) {
    this.clients = servers.map((server) => new AccountingClient(server, secret, times));
  }

  /** Send to the server in use, and to the others where it is silent. Errors: what the last one gave. */
  async send(record: AccountingRecord): Promise<void> {
    if (performance.now() - this.firstLeftAtMs > returnAfterMs) this.current = 0;
    let failure: unknown;
    for (let n = 0; n < this.clients.length; n += 1) {
      const tried = this.current;
      try {
        return await this.clients[tried]?.send(record);
      } catch (error) {
        failure = error;
        this.leave(tried);
      }
    }
    throw failure;
  }

  /** Close the sockets; the next record opens new ones, to what the servers' names are then. */
  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
  }

  /** Others may have left it already. */
  private leave(tried: number): void {
    if (this.current !== tried) return;
    if (tried === 0) this.firstLeftAtMs = performance.now();
    this.current = (tried + 1) % this.clients.length;
  }
}
