import { describe, expect, it } from "vitest";
import type { Endpoint, PathManagerEvent, PathManagerLimits } from "@/lib/mptcp";
import { requireAbility } from "@/tests/factories/ability";
import { runInNamespace } from "./run-child";

type Result = {
  before: PathManagerLimits;
  after: PathManagerLimits;
  subflowId: number;
  signalId: number;
  added: Endpoint[];
  changed: Endpoint[];
  left: Endpoint[];
  failures: ({ code: string; errno: number; syscall: string; message: string } | null)[];
  events: PathManagerEvent[];
  heardAfter: number;
  closedError: string;
};

describe("path manager", () => {
  it("manages endpoints and limits of its namespace and hears of every subflow", async (context) => {
    requireAbility(context, "namespaces");
    const result = (await runInNamespace("namespace-child.ts", "path-manager")) as Result;

    expect(result.before).toEqual({ subflows: 2, acceptedAddresses: 0 });
    expect(result.after).toEqual({ subflows: 3, acceptedAddresses: 2 });
    const subflow = { id: result.subflowId, address: "10.7.0.2", port: 0, interfaceName: "paths", flags: ["subflow"] };
    const signal = { id: 42, address: "fd00::7", port: 0, interfaceName: null, flags: ["signal", "backup"] };
    expect(result.signalId).toBe(42);
    expect(result.added).toEqual([subflow, signal]);
    expect(result.changed).toEqual([{ ...subflow, flags: ["subflow", "backup"] }, signal]);
    expect(result.left).toEqual([]);
    expect(result.closedError).toContain("closed");

    const [twice, nowhere, malformed, absent, tooMany] = result.failures;
    expect(twice).toMatchObject({ code: "EEXIST", syscall: "netlink" });
    expect(nowhere).toMatchObject({ code: "ENODEV" });
    expect(malformed).toMatchObject({ code: "MPTCP_BAD_ARGUMENT" });
    expect(absent).toMatchObject({ code: "ENOENT" });
    expect(tooMany).toMatchObject({ code: "EINVAL" });
    expect(tooMany?.message).toMatch(/the kernel says "/);

    const types = result.events.map((event) => event.type);
    for (const type of ["listener-created", "created", "established", "subflow-established", "subflow-priority"])
      expect(types).toContain(type);
    const joined = result.events.filter((event) => event.type === "subflow-established");
    const onAgent = joined.find((event) => event.local?.address === "10.7.0.2");
    expect(onAgent).toMatchObject({ remote: { address: "10.7.0.9" }, localId: result.subflowId, isBackup: false });
    const created = result.events.find((event) => event.type === "created" && event.token === onAgent?.token);
    expect(created).toMatchObject({ local: { address: "10.7.0.1" }, remote: { address: "10.7.0.9" } });
    expect(created?.remote?.port).toBe(onAgent?.remote?.port);
    expect(result.events.filter((event) => event.type === "closed")).toHaveLength(2);
    expect(result.heardAfter).toBe(0);
  });

  it("hears on after more came at once than the kernel keeps, and so does the watch of links", async (context) => {
    requireAbility(context, "namespaces", "python3");
    const { made, heard } = (await runInNamespace("namespace-child.ts", "overrun")) as { made: number; heard: number };
    expect(heard).toBeLessThan(made);
    expect(heard).toBeGreaterThan(0);
  });
});
