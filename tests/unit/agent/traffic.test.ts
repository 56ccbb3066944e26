import { expect, it } from "vitest";
import { Traffic } from "@/lib/agent/traffic";
import type { ConnectionSample, RelayEvent, SubflowSample } from "@/lib/mptcp/face";

type Closed = Extract<RelayEvent, { type: "closed" }>;

const links = [
  { access: "wifi", address: "10.0.0.1" },
  { access: "lte", address: "10.1.0.1" },
] as const;
const linkOf = (address: string): number => links.findIndex((link) => link.address === address);

function subflow(id: number, address: string, sent: number, received: number, tcpState = 1): SubflowSample {
  return {
    id,
    local: { address, port: 40_000 + id },
    remote: { address: "192.0.2.1", port: 1080 },
    tcpState,
    bytesSent: sent + 10,
    bytesRetrans: 10,
    bytesAcked: sent,
    bytesReceived: received,
    rttMs: 1,
    rttVarMs: 1,
    retransSegments: 0,
    congestionWindowSegments: 10,
    notSentBytes: 0,
  };
}

function sample(connection: number, up: number, down: number, subflows: SubflowSample[]): ConnectionSample {
  const upstream = { kind: "mptcp" as const, token: 1, bytesSent: up, bytesReceived: down, bytesRetrans: 0, subflows };
  return { connection, uploadBytes: up, downloadBytes: down, client: null, upstream };
}

function openConnection(id: number) {
  let close: (event: Closed) => void = () => {};
  const closed = new Promise<Closed>((resolve) => {
    close = resolve;
  });
  const end = async (last: ConnectionSample): Promise<void> => {
    close({ type: "closed", connection: id, reason: "finished", errno: 0, last });
    await closed;
    await Promise.resolve();
  };
  return { connection: { id, closed }, end };
}

const video = { host: "video.example", port: 443, way: "proxy", front: "captured" } as const;

it("gives bytes and rates of each path, and of each destination, to the last byte", async () => {
  const traffic = new Traffic(links, linkOf);
  const { connection, end } = openConnection(1);
  traffic.begin(connection, video);
  traffic.sample([sample(1, 100, 1000, [subflow(1, "10.0.0.1", 100, 600), subflow(2, "10.1.0.1", 0, 400)])], 1000);
  traffic.sample([sample(1, 100, 3000, [subflow(1, "10.0.0.1", 100, 1600), subflow(2, "10.1.0.1", 0, 1400)])], 1500);
  const [wifi, lte] = traffic.links();
  expect(wifi).toMatchObject({ uploadBytes: 100, downloadBytes: 1600, downloadBytesPerSecond: 2000, subflows: 1 });
  expect(lte).toMatchObject({ uploadBytes: 0, downloadBytes: 1400, downloadBytesPerSecond: 2000, subflows: 1 });
  await end(sample(1, 120, 3100, [subflow(1, "10.0.0.1", 120, 1700, 7), subflow(2, "10.1.0.1", 0, 1400, 7)]));
  traffic.sample([], 2500);
  expect(traffic.links()[0]).toMatchObject({ uploadBytes: 120, downloadBytes: 1700, subflows: 0 });
  expect(traffic.links()[0]).toMatchObject({ uploadBytesPerSecond: 20, downloadBytesPerSecond: 100 });
  expect(traffic.destinations()).toMatchObject([
    { ...video, uploadBytes: 120, downloadBytes: 3100, connections: 1, openConnections: 0 },
  ]);
});

it("counts a connection once where its way changed, and keeps the latest destinations", () => {
  const traffic = new Traffic(links, linkOf);
  const { connection } = openConnection(1);
  traffic.begin(connection, video);
  traffic.begin(connection, { ...video, way: "direct" });
  expect(traffic.destinations().map(({ way, connections }) => [way, connections])).toEqual(
    expect.arrayContaining([
      ["direct", 1],
      ["proxy", 0],
    ]),
  );
  for (let index = 0; index < 500; index += 1)
    traffic.begin(openConnection(index + 2).connection, { ...video, host: `h${index}.example` });
  expect(traffic.destinations()).toHaveLength(200);
});
