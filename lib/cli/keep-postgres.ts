import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/db/embedded-postgres";
import { errorMessage } from "@/lib/shared/errors";
import { sleep } from "@/lib/shared/sleep";

const retryMs = 1000;

/**
 * The embedded PostgreSQL, started again at the same address when it ends by itself. Errors of the first start are
 * thrown; later ones are said and tried again.
 */
export async function keepPostgres(
  dataDir: string,
  onEvent: (sentence: string) => void,
): Promise<{ databaseUrl: string; stop(): Promise<void> }> {
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ dataDir });
  const { databaseUrl } = server;
  const wantedPort = Number(new URL(databaseUrl).port);
  const stopping = new AbortController();

  const startAgain = async (): Promise<EmbeddedPostgres | null> => {
    while (!stopping.signal.aborted) {
      try {
        return await startEmbeddedPostgres({ dataDir, wantedPort });
      } catch (error) {
        onEvent(`PostgreSQL does not start (${errorMessage(error)}); trying again`);
        await sleep(retryMs, stopping.signal);
      }
    }
    return null;
  };
  const loop = async (): Promise<void> => {
    for (;;) {
      await server.ended;
      if (stopping.signal.aborted) return;
      onEvent("PostgreSQL ended by itself; starting it again");
      const next = await startAgain();
      if (next === null) return;
      server = next;
      if (stopping.signal.aborted) await server.stop();
    }
  };

  const ended = loop();
  return {
    databaseUrl,
    stop: async () => {
      stopping.abort();
      await server.stop();
      await ended;
    },
  };
}
