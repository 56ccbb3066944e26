import { mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { newShortId } from "@/lib/shared/ids";
import { projectRoot } from "@/lib/shared/project-root";
import { requireTools } from "./prerequisites";
import { runCommand } from "./run-command";

/** Path of the delay line's program; compiled here where the installation has not done so, or from older source. */
export async function buildLinkdelay(): Promise<string> {
  const folder = join(projectRoot(), "lib/testbed/native");
  const source = join(folder, "linkdelay.c");
  const program = join(folder, "build", "linkdelay");
  const [sourceState, programState] = await Promise.all([stat(source), stat(program).catch(() => null)]);
  if (programState !== null && programState.mtimeMs >= sourceState.mtimeMs) return program;
  await requireTools(["cc"]);
  await mkdir(join(folder, "build"), { recursive: true });
  const fresh = `${program}.${newShortId()}`;
  await runCommand("cc", ["-O2", "-Wall", "-Wextra", "-Werror", "-o", fresh, source]);
  await rename(fresh, program);
  return program;
}
