/** The kernel's path manager and the pacing of single subflows, as TypeScript sees them. */
import type { SocketAddress } from "./face-address";

export type EndpointFlag = "signal" | "subflow" | "backup" | "fullmesh";

/** One address of this network namespace that the kernel path manager may use (`ip mptcp endpoint`). */
export type Endpoint = {
  id: number;
  address: string;
  port: number;
  /** null where the endpoint is not bound to an interface. */
  interfaceName: string | null;
  flags: EndpointFlag[];
};

/** Path-manager limits of this namespace (`ip mptcp limits`): extra subflows, and ADD_ADDRs to follow. */
export type PathManagerLimits = { subflows: number; acceptedAddresses: number };

export type PathManagerEventType =
  | "created"
  | "established"
  | "closed"
  | "announced"
  | "removed"
  | "subflow-established"
  | "subflow-closed"
  | "subflow-priority"
  | "listener-created"
  | "listener-closed";

/** Addresses may be absent: the kernel sends zero ones for some events. Source: include/uapi/linux/mptcp_pm.h. */
export type PathManagerEvent = {
  type: PathManagerEventType;
  token: number;
  local: SocketAddress | null;
  remote: SocketAddress | null;
  localId: number | null;
  remoteId: number | null;
  isBackup: boolean | null;
  errno: number | null;
  interfaceIndex: number | null;
  resetReason: number | null;
  isServerSide: boolean | null;
};

/** One subflow of the connection with this token, as this end sees it. */
export type SubflowAddress = { token: number; local: SocketAddress; remote: SocketAddress };

/** A subflow to be made: the kernel chooses its port. */
export type SubflowJoin = {
  token: number;
  localAddress: string;
  /** 1 to 255, the same for the same address; the first subflow's address has 0. */
  localId: number;
  remote: SocketAddress;
  /** The peer shall prefer its other subflows from the first byte on. */
  isBackup: boolean;
};

/** How one subflow shall be paced. Stays with it until changed. */
export type SubflowPace = {
  subflow: SubflowAddress;
  /**
   * Bytes of payload a second; null for no limit. Lowering acts on the next segment. Raising lets congestion control
   * grow again, but bbr has taken the old rate for the path's: it adds a quarter every eight round trips, see `isRestart`.
   */
  bytesPerSecond: number | null;
  /**
   * While this many bytes wait unsent on the subflow, the kernel gives it no more (TCP_NOTSENT_LOWAT). Without a limit
   * up to megabytes wait there when the rate is lowered, and the other paths stop until they have left; 128 KiB
   * cost no throughput. null lifts it; absent leaves it.
   */
  unsentLimitBytes?: number | null;
  /**
   * At most this many bytes of payload are on the way at once (the clamp of the congestion window, in whole segments, ten
   * at least), so that the network's queue stays short. null lifts it; absent leaves it.
   */
  inFlightLimitBytes?: number | null;
  /** Congestion control begins anew, as on a new subflow: half a second at 40 ms until it has found the path's rate. */
  isRestart?: boolean;
  /**
   * Begin with a window of so many bytes instead of ten segments, where the kernel takes such a program (Linux 5.6 and
   * later); bbr's first pace is then 2.9 times that window a round trip. For paths whose rate is known from before.
   *
   * Source: draft-ietf-tsvwg-careful-resume; net/ipv4/tcp_bbr.c, bbr_init.
   */
  startBytes?: number | null;
};

/**
 * Paces single subflows from outside (SO_MAX_PACING_RATE): a BPF program visits the TCP sockets of the process's network
 * namespace and changes those that are named. Nothing is attached to sockets or namespaces, so that processes do not meet
 * there; the congestion control `twinpath_start1`, which sockets pass through, is registered with the first `startBytes`.
 * A call blocks for a pass over the kernel's table of connections, milliseconds (`npm run measure -- pacing`): batch the
 * changes.
 */
export interface SubflowPacer {
  /**
   * Of a subflow that is gone, nothing is said. Token 0 takes the socket with these ends whatever it speaks.
   * Errors: AppError MPTCP_BAD_ARGUMENT (then none is changed); NativeError of bpf.
   */
  setRates(paces: readonly SubflowPace[]): void;
  setRate(subflow: SubflowAddress, bytesPerSecond: number | null): void;
  close(): void;
}

/** Whether subflows can be paced here. `reason` says in one sentence why not and how to mend it. */
export type PacingSupport = { hasPacing: boolean; reason: string | null };

/** Generic-netlink `mptcp_pm` of the namespace the process was in when it was opened. Every call throws NativeErrorShape. */
export interface PathManager {
  endpoints(): Endpoint[];
  /** Returns the id the kernel gave (or `id` where it was asked for). */
  addEndpoint(endpoint: { address: string; interfaceName: string | null; flags: EndpointFlag[]; id?: number }): number;
  removeEndpoint(id: number): void;
  setEndpointBackup(id: number, isBackup: boolean): void;
  /**
   * Who decides about subflows of connections that begin from now on in this namespace (`net.mptcp.pm_type`; it outlives
   * the process). Under `userspace`, joins are accepted from the first `onEvent` until `close` (the kernel looks for any
   * listener on the machine), endpoints of this namespace do nothing, and the calls about one subflow work.
   */
  kind(): "kernel" | "userspace";
  setKind(kind: "kernel" | "userspace"): void;
  /**
   * Prefer other paths for this subflow (MP_PRIO, both directions), or stop doing so: new data stops at once, what waits
   * on the subflow still leaves. Errors: EINVAL where connection or subflow are gone, or are the kernel path manager's.
   * Source: MPTCP_PM_CMD_SET_FLAGS.
   */
  setSubflowBackup(subflow: SubflowAddress, isBackup: boolean): void;
  /**
   * Reset one subflow: what it had not delivered goes over the others. The peer may join again. Errors: ESRCH where
   * the subflow is gone, EINVAL where the connection is, or is the kernel path manager's. Source:
   * MPTCP_PM_CMD_SUBFLOW_DESTROY.
   */
  destroySubflow(subflow: SubflowAddress): void;
  /**
   * Join a connection that this end began from a further address. Only asks: `subflow-established` follows where the
   * peer agreed, `subflow-closed` where not. Errors: EINVAL where the connection is gone, is the kernel path manager's,
   * or knows `localId` with another address. Source: MPTCP_PM_CMD_SUBFLOW_CREATE.
   */
  createSubflow(join: SubflowJoin): void;
  /**
   * Tell the peer of this connection that the address with this id is gone (RM_ADDR); it drops the subflows from there.
   * Say so before they are destroyed on this end. Errors: EINVAL where no subflow has the id, or as above. Source:
   * MPTCP_PM_CMD_REMOVE.
   */
  withdrawAddress(token: number, localId: number): void;
  limits(): PathManagerLimits;
  setLimits(limits: PathManagerLimits): void;
  /**
   * Subscribe to connection and subflow events of the whole namespace, to these alone where they are named: others then
   * cost nothing, for the kernel drops them. Returns the unsubscribe function.
   */
  onEvent(listener: (event: PathManagerEvent) => void, types?: readonly PathManagerEventType[]): () => void;
  close(): void;
}
