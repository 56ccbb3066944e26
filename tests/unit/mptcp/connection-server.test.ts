import { afterEach, expect, it } from "vitest";
import { type StartedSessions, startSessions } from "../proxy/started-sessions";

let started: StartedSessions | null = null;
afterEach(() => started?.stop());

it("samples the connections of a running server, and none of a stopped one", async () => {
  started = await startSessions();
  const { server } = started;
  await started.open();
  expect(await server.sample(["client"])).toHaveLength(1);
  const asked = [server.sample(["client"]), server.sample(["client"])];
  await server.stop();
  await Promise.all(asked);
  expect(await server.sample(["client"])).toEqual([]);
});
