import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { requireAbility } from "@/tests/factories/ability";
import { bundleChild, runChild, stressCommand } from "./run-child";

const nativeDir = fileURLToPath(new URL("../../lib/mptcp/native", import.meta.url));

/** Lines of a sanitizer report that are about our code: errors anywhere, leaks that our module allocated. */
function findings(stderr: string): string[] {
  const reports = stderr.split(/\n\n+/);
  const isOurs = (report: string) =>
    /ERROR: AddressSanitizer|runtime error:|LeakSanitizer has encountered/.test(report) ||
    /leak of[^\n]*\n +#0[^\n]*\n +#1 \S*twinpath_mptcp\.node/.test(report);
  return reports.filter(isOurs);
}

describe("sanitizers", () => {
  it("AddressSanitizer, LeakSanitizer and UBSan find nothing in a stress run", async (context) => {
    requireAbility(context, "namespaces", "compiler");
    execFileSync(process.execPath, [`${nativeDir}/build.mjs`, "--sanitize"], { stdio: "inherit" });
    const runtime = execFileSync("cc", ["-print-file-name=libasan.so"], { encoding: "utf8" }).trim();
    expect(existsSync(runtime), "libasan of the compiler").toBe(true);
    const variables = [
      `TWINPATH_NATIVE_BUILD=${nativeDir}/build/sanitize/build`,
      `LD_PRELOAD=${runtime}`,
      'ASAN_OPTIONS=detect_leaks=1:exitcode=77:stack_trace_format="    #%n %m %f %S"',
      "UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1",
    ];
    const command = stressCommand(await bundleChild("stress-child.ts"), 600, 7, variables);
    const result = await runChild(command, { timeoutMs: 100_000 });
    expect(findings(result.stderr)).toEqual([]);
    /* 77: leaks of Node itself, which frees nothing when it exits. */
    expect([0, 77], result.stderr.slice(-2000)).toContain(result.status);
    expect(JSON.parse(result.stdout)).toMatchObject({ faults: [] });
  });
});
