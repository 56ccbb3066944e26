import type { Connection } from "@/lib/mptcp/connection";

/** Long enough for a program that speaks first, too short to be felt by one that does not. */
const waitMs = 5;

/** What a captured program says while its way is still being made. */
export class EarlyUpload {
  private brought: Buffer | null = null;
  private isReading = true;

  private constructor(private readonly connection: Connection) {}

  /** Wait a moment for the program's first bytes. Errors: CONNECTION_GONE. */
  static async begin(connection: Connection): Promise<EarlyUpload> {
    const early = new EarlyUpload(connection);
    const reading = connection.read("client").then((bytes) => {
      early.brought = bytes;
      early.isReading = false;
    });
    // Where the program stays silent the read ends with the connection.
    reading.catch(() => {});
    let timer: NodeJS.Timeout | undefined;
    const moment = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, waitMs);
    });
    await Promise.race([reading, moment]);
    clearTimeout(timer);
    return early;
  }

  /** The bytes so far, each once. */
  take(): Buffer {
    const bytes = this.brought ?? Buffer.alloc(0);
    this.brought = null;
    return bytes;
  }

  /** Relay both ways from now on, after the bytes that came meanwhile. */
  async relay(): Promise<void> {
    const { connection } = this;
    if (this.isReading) await connection.relayDownload();
    const late = this.take();
    if (late.length > 0) connection.write("upstream", late);
    connection.relay();
  }
}
