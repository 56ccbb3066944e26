import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { newShortId } from "@/lib/shared/ids";

/** Where content providers take uploads; the rest of the path is the upload's own. */
export const uploadPrefix = "/uploads/";

/** An upload that may come: its path at the content provider, until it is forgotten. */
export type ExpectedUpload = { path: string; forget: () => void };

/**
 * The content provider's end of uploads: nginx hands their bodies over as they arrive, through a socket in the file
 * system, which no network namespace divides. An upload that nobody expects is refused (404).
 */
export class UploadReceiver {
  readonly #expected = new Map<string, (chunk: Buffer) => void>();
  readonly #server: Server = createServer((request, response) => this.#take(request, response));

  /** Errors: the system's own where there can be no socket at `socketPath`. */
  async listen(socketPath: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(socketPath, resolve);
    });
  }

  /** `onChunk` is given the payload in its order. */
  expect(onChunk: (chunk: Buffer) => void): ExpectedUpload {
    const path = `${uploadPrefix}${newShortId(8)}`;
    this.#expected.set(path, onChunk);
    return { path, forget: () => this.#expected.delete(path) };
  }

  /** May be called before it listens. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const onChunk = this.#expected.get(request.url ?? "");
    if (onChunk === undefined) {
      response.writeHead(404).end("Nobody expects this upload.\n");
      return;
    }
    request.on("data", onChunk);
    request.on("end", () => response.writeHead(200).end("taken\n"));
  }
}
