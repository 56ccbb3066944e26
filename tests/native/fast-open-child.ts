/** Runs in a network namespace of its own (`unshare -n`). Prints one JSON line: what each connection brought, and how. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type Listener, mptcp } from "@/lib/mptcp";
import { makePayload } from "./net-ends";
import { startEngine, waitFor } from "./start-relay";

export type FastOpenResult = {
  /** Of each connection in turn: whether all arrived in order, and how it really spoke. */
  connections: { isWhole: boolean; kind: string }[];
  /** SYNs whose bytes were taken, at each end (TcpExt TCPFastOpenActive and TCPFastOpenPassive). */
  active: number;
  passive: number;
};

function counter(name: string): number {
  const lines = readFileSync("/proc/self/net/netstat", "utf8").split("\n");
  const [names, counts] = lines.filter((line) => line.startsWith("TcpExt:")).map((line) => line.split(" "));
  return Number(counts?.[names?.indexOf(name) ?? -1]);
}

/** A server's end that keeps what each connection brought until its end. */
function startServerEnd(isMptcp: boolean): { listener: Listener; brought: Map<number, Buffer[]>; kinds: string[] } {
  const brought = new Map<number, Buffer[]>();
  const kinds: string[] = [];
  const { engine } = startEngine({}, (engine, event) => {
    if (event.type === "accepted") {
      brought.set(event.connection, [event.data]);
      kinds.push(event.kind);
      engine.read(event.connection, "client");
    } else if (event.type === "data") {
      brought.get(event.connection)?.push(event.data);
      engine.read(event.connection, "client");
    }
  });
  const listener = engine.listen({ address: "127.0.0.1", port: 0, mptcp: isMptcp, fastOpen: true });
  return { listener, brought, kinds };
}

async function run(isMptcp: boolean, setting: number, sizes: number[]): Promise<FastOpenResult> {
  execFileSync("ip", ["link", "set", "lo", "up"]);
  execFileSync("sysctl", ["-qw", `net.ipv4.tcp_fastopen=${setting}`]);
  const { listener, brought, kinds } = startServerEnd(isMptcp);
  const front = startEngine();
  const { port } = front.engine.listen({ address: "127.0.0.1", port: 0, mptcp: false, transparent: true });
  const connections: FastOpenResult["connections"] = [];
  for (const [index, size] of sizes.entries()) {
    execFileSync(process.execPath, ["-e", `require("net").connect(${port}, "127.0.0.1", () => process.exit())`]);
    const { connection } = await front.next("accepted", index + 1);
    const { bytes } = makePayload(size);
    const target = { address: "127.0.0.1", localAddress: null, mptcp: isMptcp, timeoutMs: 5000 };
    // Nobody listens there: what was to go with that SYN must not come later.
    front.engine.connect(connection, { ...target, port: 1, withSyn: Buffer.from("to nobody") });
    await front.next("connect-failed", index + 1);
    front.engine.connect(connection, { ...target, port: listener.port, withSyn: bytes });
    front.engine.write(connection, "upstream", Buffer.from("written after"));
    await front.next("connected", index + 1);
    const expected = Buffer.concat([bytes, Buffer.from("written after")]);
    const got = (): Buffer => Buffer.concat([...brought.values()][index] ?? []);
    await waitFor(`the ${size} bytes of connection ${index}`, () => got().length >= expected.length);
    connections.push({ isWhole: got().equals(expected), kind: kinds[index] ?? "" });
  }
  return { connections, active: counter("TCPFastOpenActive"), passive: counter("TCPFastOpenPassive") };
}

const [, , scenario = ""] = process.argv;
const [kind, setting] = scenario.split(" ");
if (!mptcp.probe().hasMptcp) throw new Error("this kernel has no MPTCP");
console.log(JSON.stringify(await run(kind === "mptcp", Number(setting), [300, 300, 1200, 100_000, 3_000_000])));
process.exit();
