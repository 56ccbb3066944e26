import { describe, expect, it } from "vitest";
import { requireAbility } from "@/tests/factories/ability";
import { runInNamespace } from "./run-child";

describe("a transparent listener", () => {
  it("knows where a redirected program was going before it says a word; marked connects pass the redirect", async (context) => {
    requireAbility(context, "namespaces", "nft");
    const result = (await runInNamespace("transparent-child.ts", "")) as { port: number };
    const { port } = result;
    const destinations = [
      { address: "10.9.0.1", port },
      { address: "fd00:9::1", port },
    ];
    expect(result).toEqual({
      untracked: null,
      ordinary: [null, "x"],
      seen: [...destinations, ...destinations],
      greetings: Array.from({ length: 4 }, () => ["220 who are you?", "me"]).flat(),
      kinds: ["tcp", "tcp", "tcp-fallback", "tcp-fallback"],
      marked: 4,
      heardOfSilent: 0,
      late: "late",
      end: true,
      gone: "client-gone",
      port,
    });
  });
});
