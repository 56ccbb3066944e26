import { checkAddress, checkInteger, checkPort } from "./check-arguments";
import { checkSubflow } from "./check-subflow";
import type {
  Endpoint,
  EndpointFlag,
  PathManager,
  PathManagerEvent,
  PathManagerEventType,
  SocketAddress,
} from "./face";
import type { Addon } from "./load-addon";
import { NativeError, requireResult } from "./native-error";
import { readKind, writeKind } from "./path-manager-kind";
import { WireReader } from "./wire-reader";

/** MPTCP_PM_ADDR_FLAG_* of include/uapi/linux/mptcp_pm.h. */
const flagBits: Record<EndpointFlag, number> = { signal: 1, subflow: 2, backup: 4, fullmesh: 8 };
const flagNames: readonly EndpointFlag[] = ["signal", "subflow", "backup", "fullmesh"];

/** enum mptcp_event_type of include/uapi/linux/mptcp_pm.h. */
const eventTypes: ReadonlyMap<number, PathManagerEventType> = new Map([
  [1, "created"],
  [2, "established"],
  [3, "closed"],
  [6, "announced"],
  [7, "removed"],
  [10, "subflow-established"],
  [11, "subflow-closed"],
  [13, "subflow-priority"],
  [15, "listener-created"],
  [16, "listener-closed"],
]);

const allTypes = [...eventTypes.values()];

/** A bit for each event that is one of these types. */
function eventBits(types: ReadonlySet<PathManagerEventType>): number {
  let bits = 0;
  for (const [code, type] of eventTypes) if (types.has(type)) bits += 2 ** code;
  return bits;
}

/** The kernel's own limit on endpoints ids (u8) and on subflows and addresses (MPTCP_PM_ADDR_MAX). */
const maxEndpointId = 255;
const maxLimit = 64;
const maxToken = 0xffff_ffff;

function readEndpoint(reader: WireReader): Endpoint {
  const id = reader.u32();
  const { address, port } = reader.address();
  const bits = reader.u32();
  const name = reader.text();
  return {
    id,
    address,
    port,
    interfaceName: name === "" ? null : name,
    flags: flagNames.filter((flag) => (bits & flagBits[flag]) !== 0),
  };
}

function isUnspecified(address: string): boolean {
  return address === "" || address === "0.0.0.0" || address === "::";
}

function readEventAddress(reader: WireReader): SocketAddress | null {
  const found = reader.address();
  return isUnspecified(found.address) ? null : found;
}

function readOptional(reader: WireReader): number | null {
  const isPresent = reader.u8() === 1;
  const value = reader.u32();
  return isPresent ? value : null;
}

function readFlag(reader: WireReader): boolean | null {
  const value = readOptional(reader);
  return value === null ? null : value !== 0;
}

/** Null for an event type this version does not know. */
function readPathEvent(reader: WireReader): PathManagerEvent | null {
  const type = eventTypes.get(reader.u8());
  const rest = {
    token: reader.u32(),
    local: readEventAddress(reader),
    remote: readEventAddress(reader),
    localId: readOptional(reader),
    remoteId: readOptional(reader),
    isBackup: readFlag(reader),
    errno: readOptional(reader),
    interfaceIndex: readOptional(reader),
    resetReason: readOptional(reader),
    isServerSide: readFlag(reader),
  };
  return type === undefined ? null : { type, ...rest };
}

/**
 * Open generic netlink's `mptcp_pm` in the current network namespace. See PathManager.
 *
 * Errors: NativeError (ENOENT: the kernel has no MPTCP path manager), here and from every call.
 */
export function openPathManager(addon: Addon): PathManager {
  const handle = requireResult(
    addon.pathManagerOpen(),
    "netlink",
    () => "Opening the kernel's MPTCP path manager (generic netlink mptcp_pm) failed",
  );
  const listeners = new Map<(event: PathManagerEvent) => void, readonly PathManagerEventType[]>();
  let wantedBits = -1;
  let isSubscribed = false;
  let isClosed = false;

  function check(result: number, what: string): number {
    if (result >= 0) return result;
    const text = addon.pathManagerErrorText(handle);
    throw new NativeError("netlink", -result, text === "" ? what : `${what}: the kernel says "${text}"`);
  }

  function onBatch(batch: Buffer): void {
    const reader = new WireReader(batch);
    while (!reader.isAtEnd) {
      const event = readPathEvent(reader);
      if (event === null) continue;
      for (const [listener, types] of [...listeners]) if (types.includes(event.type)) listener(event);
    }
  }

  function want(): void {
    const bits = eventBits(new Set([...listeners.values()].flat()));
    if (bits === wantedBits) return;
    check(addon.pathManagerWant(handle, bits), "Choosing among MPTCP path events failed");
    wantedBits = bits;
  }

  return {
    endpoints() {
      const bytes = addon.pathManagerEndpoints(handle);
      if (typeof bytes === "number") {
        check(bytes, "Reading the MPTCP endpoints failed");
        return [];
      }
      const reader = new WireReader(bytes);
      const endpoints: Endpoint[] = [];
      while (!reader.isAtEnd) endpoints.push(readEndpoint(reader));
      return endpoints;
    },

    addEndpoint({ address, interfaceName, flags, id = 0 }) {
      checkInteger("id", id, 0, maxEndpointId);
      const bits = flags.reduce((sum, flag) => sum | flagBits[flag], 0);
      return check(
        addon.pathManagerAdd(handle, checkAddress("address", address), id, interfaceName ?? "", bits),
        `Adding the MPTCP endpoint ${address}${interfaceName === null ? "" : ` on ${interfaceName}`} failed`,
      );
    },

    removeEndpoint(id) {
      check(
        addon.pathManagerRemove(handle, checkInteger("id", id, 1, maxEndpointId)),
        `Removing the MPTCP endpoint ${id} failed`,
      );
    },

    setEndpointBackup(id, isBackup) {
      check(
        addon.pathManagerSetBackup(handle, checkInteger("id", id, 1, maxEndpointId), isBackup),
        `Changing the backup flag of MPTCP endpoint ${id} failed`,
      );
    },

    kind: readKind,
    setKind: writeKind,

    setSubflowBackup(subflow, isBackup) {
      const { token, local, remote } = checkSubflow(subflow, 1);
      check(
        addon.pathManagerSetSubflowBackup(
          handle,
          token,
          local.address,
          local.port,
          remote.address,
          remote.port,
          isBackup,
        ),
        `Changing the backup flag of the subflow from ${local.address} to ${remote.address} failed`,
      );
    },

    destroySubflow(subflow) {
      const { token, local, remote } = checkSubflow(subflow, 1);
      check(
        addon.pathManagerDestroySubflow(handle, token, local.address, local.port, remote.address, remote.port),
        `Ending the subflow from ${local.address} to ${remote.address} failed`,
      );
    },

    createSubflow({ token, localAddress, localId, remote, isBackup }) {
      checkInteger("token", token, 1, maxToken);
      checkAddress("localAddress", localAddress);
      checkInteger("localId", localId, 1, maxEndpointId);
      checkAddress("remote.address", remote.address);
      checkPort("remote.port", remote.port, 1);
      const flags = flagBits.subflow | (isBackup ? flagBits.backup : 0);
      check(
        addon.pathManagerCreateSubflow(handle, token, localAddress, localId, flags, remote.address, remote.port),
        `Joining a connection to ${remote.address} from ${localAddress} failed`,
      );
    },

    withdrawAddress(token, localId) {
      checkInteger("token", token, 1, maxToken);
      checkInteger("localId", localId, 0, maxEndpointId);
      check(
        addon.pathManagerWithdraw(handle, token, localId),
        `Withdrawing the address with id ${localId} from a connection failed`,
      );
    },

    limits() {
      const found = addon.pathManagerLimits(handle);
      if (typeof found === "number") {
        check(found, "Reading the MPTCP limits failed");
        return { subflows: 0, acceptedAddresses: 0 };
      }
      return { subflows: found[0], acceptedAddresses: found[1] };
    },

    setLimits({ subflows, acceptedAddresses }) {
      checkInteger("subflows", subflows, 0, maxLimit);
      checkInteger("acceptedAddresses", acceptedAddresses, 0, maxLimit);
      check(
        addon.pathManagerSetLimits(handle, subflows, acceptedAddresses),
        `Setting the MPTCP limits to ${subflows} subflows and ${acceptedAddresses} addresses failed`,
      );
    },

    onEvent(listener, types = allTypes) {
      if (!isSubscribed) {
        check(addon.pathManagerSubscribe(handle, onBatch), "Subscribing to MPTCP path events failed");
        isSubscribed = true;
      }
      listeners.set(listener, types);
      want();
      return () => {
        if (isClosed || !listeners.delete(listener)) return;
        want();
      };
    },

    close() {
      isClosed = true;
      listeners.clear();
      addon.pathManagerClose(handle);
    },
  };
}
