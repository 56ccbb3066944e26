import { afterEach, describe, expect, it } from "vitest";
import { AccountingServers } from "@/lib/radius/accounting-servers";
import { decodeRadiusPacket } from "@/lib/radius/radius-packet";
import { type RadiusResponder, responseTo, startResponder } from "@/tests/factories/radius-responder";

const secret = "a secret of the tests";
const times = { firstWaitMs: 200, tries: 3 };
const open: { stop: () => void }[] = [];
let servers: AccountingServers | null = null;

afterEach(async () => {
  for (const responder of open.splice(0)) responder.stop();
  await servers?.close();
});

async function responder(...args: Parameters<typeof startResponder>): Promise<RadiusResponder> {
  const started = await startResponder(...args);
  open.push(started);
  return started;
}

function serversAt(...responders: RadiusResponder[]): AccountingServers {
  servers = new AccountingServers(
    responders.map(({ port }) => ({ host: "127.0.0.1", port })),
    secret,
    times,
  );
  return servers;
}

const record = (sessionId: string) =>
  ({
    status: "start",
    sessionId,
    multiSessionId: "multi",
    userName: "user",
    callingStationId: null,
    nasIdentifier: "twinpath",
    portType: "virtual",
    portId: "other",
    at: new Date(),
  }) as const;

const sessionOf = (request: Buffer): string => decodeRadiusPacket(request)?.attributes[1]?.value.toString() ?? "";
const sessionsOf = ({ requests }: RadiusResponder): string[] => [...new Set(requests.map(sessionOf))].sort();

const answers = (request: Buffer): Buffer => responseTo(request, secret);
const silent = (): null => null;

describe("a record", () => {
  it("is sent again until it is answered, each try with another identifier", async () => {
    const server = await responder((request, nth) => (nth < 3 ? null : answers(request)));
    await serversAt(server).send(record("a"));
    const identifiers = server.requests.map((request) => decodeRadiusPacket(request)?.identifier);
    expect(new Set(identifiers).size).toBe(3);
  });

  it("is answered also by the answer to an earlier try", async () => {
    let first: Buffer | null = null;
    const server = await responder((request) => {
      first ??= request;
      return first === request ? null : answers(first);
    });
    await serversAt(server).send(record("a"));
    expect(server.requests.length).toBeGreaterThan(1);
  });

  it.each([
    ["nobody answers", silent],
    ["somebody without the secret answers", (request: Buffer) => responseTo(request, "another secret")],
    ["the answer is to something else", () => answers(Buffer.alloc(20))],
  ])("fails where %s", async (_what, answer) => {
    const server = await responder(answer);
    await expect(serversAt(server).send(record("a"))).rejects.toMatchObject({ code: "RADIUS_SILENT" });
    expect(server.requests).toHaveLength(3);
  });

  it("goes to the next server where the first is silent, and so do all after it", async () => {
    const [first, second] = [await responder(silent), await responder(answers)];
    const both = serversAt(first, second);
    await Promise.all(["a", "b", "c"].map((id) => both.send(record(id))));
    expect([first, second].map(sessionsOf)).toEqual([
      ["a", "b", "c"],
      ["a", "b", "c"],
    ]);
    await both.send(record("d"));
    expect([first, second].map(sessionsOf)).toEqual([
      ["a", "b", "c"],
      ["a", "b", "c", "d"],
    ]);
  });

  it("goes to a server that has a name, and not beyond the last server", async () => {
    const both = new AccountingServers(
      [
        { host: "no-such-name.invalid", port: 1813 },
        { host: "127.0.0.1", port: (await responder(silent)).port },
      ],
      secret,
      times,
    );
    servers = both;
    await expect(both.send(record("a"))).rejects.toMatchObject({ code: "RADIUS_SILENT" });
  });
});

it("many records are sent at once, each answered by its own identifier", async () => {
  const seen = new Set<string>();
  const server = await responder((request) => {
    const session = sessionOf(request);
    const isAgain = seen.has(session);
    seen.add(session);
    return isAgain || Number(session) % 2 === 0 ? answers(request) : null;
  });
  const all = serversAt(server);
  await Promise.all(Array.from({ length: 64 }, (_, n) => all.send(record(String(n)))));
  expect(sessionsOf(server)).toHaveLength(64);
});
