import { readFileSync, writeFileSync } from "node:fs";
import type { PathManager } from "./face";
import { NativeError } from "./native-error";

type Kind = ReturnType<PathManager["kind"]>;

/** Of the network namespace the process is in; in every kernel whose path manager can be in user space. */
const file = "/proc/sys/net/mptcp/pm_type";
const values: Record<Kind, string> = { kernel: "0", userspace: "1" };

function attempt<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { errno = 0, syscall = "open" } = error as NodeJS.ErrnoException;
    throw new NativeError(syscall, -errno, `${what} (net.mptcp.pm_type) failed`);
  }
}

export function readKind(): Kind {
  const value = attempt("Reading which MPTCP path manager is in charge", () => readFileSync(file, "utf8"));
  return value.trim() === values.userspace ? "userspace" : "kernel";
}

export function writeKind(kind: Kind): void {
  attempt(`Putting the ${kind} MPTCP path manager in charge`, () => writeFileSync(file, values[kind]));
}
