import type { LinkFault } from "@/lib/contracts/demo";
import { errorMessage } from "@/lib/shared/errors";
import { requireTools } from "./prerequisites";
import { runCommand } from "./run-command";

/** The number of MPTCP's TCP option (RFC 8684 §3). */
const stripMptcp = ["-j", "TCPOPTSTRIP", "--strip-options", "30"];
/*
 * MP_JOIN of a SYN is 12 bytes long and begins with 0x1e 0x0c (RFC 8684 §3.2). Linux puts it behind 20 bytes of header
 * and 20 of other options.
 */
const dropJoins = ["--tcp-flags", "SYN", "SYN", "-m", "u32", "--u32", "0>>22&0x3C@40>>16=0x1E0C", "-j", "DROP"];

const rules: Readonly<Partial<Record<LinkFault, readonly string[]>>> = {
  "options-stripped": stripMptcp,
  "joins-refused": dropJoins,
};

/** What iptables says of a rule that is not there. */
const noSuchRule = "does a matching rule exist";

/**
 * Put the middlebox of `after` in the place of that of `before`, on everything this access network forwards.
 *
 * Errors: AppError TESTBED_NEEDS_PACKAGE without iptables; TESTBED_COMMAND_FAILED.
 */
export async function setMiddlebox(namespace: string, before: LinkFault, after: LinkFault): Promise<void> {
  const change = async (verb: "-A" | "-D", rule: readonly string[] | undefined): Promise<void> => {
    if (rule === undefined) return;
    await requireTools(["iptables-legacy"]);
    const line = ["-w", "-t", "mangle", verb, "FORWARD", "-p", "tcp", ...rule];
    await runCommand("ip", ["netns", "exec", namespace, "iptables-legacy", ...line]).catch((error: unknown) => {
      // A change that failed half-way took it away already.
      if (verb === "-A" || !errorMessage(error).includes(noSuchRule)) throw error;
    });
  };
  await change("-D", rules[before]);
  await change("-A", rules[after]);
}
