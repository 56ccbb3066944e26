import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bundleChild, type ChildResult, runChild, stressCommand } from "./run-child";

/** 77: leaks of Node itself, which frees nothing when it exits. */
const leakStatus = 77;

export type SanitizedRun = {
  /** Reports about our code: errors anywhere, leaks that our module allocated. */
  findings: string[];
  /** What the stress script printed; null where it did not end by itself. */
  result: { accepted: number; faults: string[]; rounds: number; before: number; after: number } | null;
  stderr: string;
};

function findings(stderr: string): string[] {
  const reports = stderr.split(/\n\n+/);
  const isOurs = (report: string) =>
    /ERROR: AddressSanitizer|runtime error:|LeakSanitizer has encountered/.test(report) ||
    /leak of[^\n]*\n +#0[^\n]*\n +#1 \S*twinpath_mptcp\.node/.test(report);
  return reports.filter(isOurs);
}

function resultOf({ status, stdout }: ChildResult): SanitizedRun["result"] {
  return status === 0 || status === leakStatus ? JSON.parse(stdout) : null;
}

/**
 * The stress script on a build of the native helper with AddressSanitizer, LeakSanitizer and UBSan, in a namespace of its
 * own. Errors: Error where the compiler has no sanitizers.
 */
export async function runSanitized(
  load: Parameters<typeof stressCommand>[1],
  timeoutMs: number,
): Promise<SanitizedRun> {
  const nativeDir = join(process.cwd(), "lib/mptcp/native");
  execFileSync(process.execPath, [`${nativeDir}/build.mjs`, "--sanitize"], { stdio: "inherit" });
  const runtime = execFileSync("cc", ["-print-file-name=libasan.so"], { encoding: "utf8" }).trim();
  if (!existsSync(runtime)) throw new Error("the compiler has no libasan");
  const variables = [
    `TWINPATH_NATIVE_BUILD=${nativeDir}/build/sanitize/build`,
    `LD_PRELOAD=${runtime}`,
    'ASAN_OPTIONS=detect_leaks=1:exitcode=77:stack_trace_format="    #%n %m %f %S"',
    "UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1",
  ];
  const child = await runChild(stressCommand(await bundleChild("stress-child.ts"), load, variables), { timeoutMs });
  return { findings: findings(child.stderr), result: resultOf(child), stderr: child.stderr };
}
