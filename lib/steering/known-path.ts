import { constants } from "node:os";
import type { PathManagerEvent, SocketAddress, SubflowAddress } from "@/lib/mptcp/face";
import type { DestroyCause } from "@/lib/policy";
import type { AccessKind } from "@/lib/policy/policy-input";
import type { LinkUse } from "./link-use";
import type { PathCause, SteeringEvent } from "./steering-event";

/** Why a path went, and who made it go. */
export type PathEnd = { cause: PathCause; actor: SteeringEvent["actor"] };

/** One subflow of a session, from the first reading that shows it. */
export type KnownPath = {
  readonly id: number;
  readonly access: AccessKind;
  readonly subflow: SubflowAddress;
  /** What the subscriber's sessions get between its two addresses; null until it is asked for. */
  link: LinkUse | null;
  isOpen: boolean;
  /** It has its round trip, and was told what may leave at once. */
  hasBegun: boolean;
  /** Asked for by this side, and by the other. */
  isBackup: boolean;
  isPeerBackup: boolean;
  bytesPerSecond: number | null;
  ackedBytes: number;
  /** Acknowledged since the reading before. */
  newBytes: number;
  /** Given to it and not acknowledged. */
  waitingBytes: number;
  destroyCause: DestroyCause | null;
  end: PathEnd | null;
  /** Since when it is gone without a known reason; null while it is there, or once that was told. */
  goneSinceMs: number | null;
};

/** Names a subflow for as long as its connection lives, and longer: ports are not used again soon. */
export function endsKey(local: SocketAddress, remote: SocketAddress): string {
  return `${local.address} ${local.port} ${remote.address} ${remote.port}`;
}

/** What the kernel said when it took a subflow off. Source: net/mptcp/pm_netlink.c, mptcp_event_sub_closed. */
export function endOfEvent({ errno, resetReason }: PathManagerEvent): PathEnd {
  switch (errno) {
    case constants.errno.ETIMEDOUT:
      return { cause: "link-timeout", actor: "kernel" };
    case constants.errno.ENETUNREACH:
    case constants.errno.EHOSTUNREACH:
    case constants.errno.ENETDOWN:
      return { cause: "link-down", actor: "kernel" };
    case constants.errno.ECONNRESET:
    case constants.errno.EPIPE:
      return { cause: "peer-reset", actor: "agent" };
    default:
      return resetReason === null ? { cause: "peer-closed", actor: "agent" } : { cause: "peer-reset", actor: "agent" };
  }
}
