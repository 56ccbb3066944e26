import { constants } from "node:os";
import type { MptcpSupport } from "./face";
import type { Addon } from "./load-addon";
import { errnoName } from "./native-error";

function explain(errno: number): string | null {
  switch (errno) {
    case 0:
      return null;
    case constants.errno.ENOPROTOOPT:
      return "MPTCP is switched off in this network namespace: run `sysctl -w net.mptcp.enabled=1`.";
    case constants.errno.EPROTONOSUPPORT:
    case constants.errno.EINVAL:
      return "This kernel was built without MPTCP (CONFIG_MPTCP): boot a Linux 5.6 or later that has it.";
    case constants.errno.EPERM:
    case constants.errno.EACCES:
      return "A security policy forbids MPTCP sockets here: allow IPPROTO_MPTCP in the container's or service's policy.";
    default:
      return `Opening an MPTCP socket failed with ${errnoName(errno)}.`;
  }
}

/** Find out what this kernel offers by trying it. Never throws for what is missing. */
export function probeSupport(addon: Addon): MptcpSupport {
  const [socketErrno, fullInfoErrno, pathManagerErrno] = addon.probe();
  return {
    hasMptcp: socketErrno === 0,
    reason: explain(socketErrno),
    hasFullInfo: fullInfoErrno === 0,
    hasPathManager: pathManagerErrno === 0,
  };
}
