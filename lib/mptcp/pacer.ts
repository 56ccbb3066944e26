import { constants } from "node:os";
import { AppError } from "@/lib/shared/errors";
import { checkInteger } from "./check-arguments";
import { checkSubflow } from "./check-subflow";
import type { PacingSupport, SubflowPacer } from "./face";
import { type Addon, buildFile, type NativeHandle, type PacerAddon } from "./load-addon";
import { errnoName, requireNumber } from "./native-error";

/** SO_MAX_PACING_RATE takes 32 bits here; the highest value means no limit (native/pacing.h). */
const unlimited = 0xffff_ffff;

function hasPacer(addon: Addon): addon is Addon & PacerAddon {
  return addon.pacerOpen !== undefined;
}

function explain(errno: number): string {
  switch (errno) {
    case constants.errno.EPERM:
    case constants.errno.EACCES:
      return "Loading a BPF program is not permitted here: run as root, or with CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN.";
    case constants.errno.ENOENT:
      return "The pacing program or the kernel's type information is missing: run `npm rebuild`, and boot a Linux with CONFIG_DEBUG_INFO_BTF.";
    default:
      return `This kernel refused the pacing program with ${errnoName(errno)}: boot a Linux 5.15 or later with CONFIG_BPF_SYSCALL, CONFIG_DEBUG_INFO_BTF and CONFIG_MPTCP.`;
  }
}

function open(addon: Addon): { addon: PacerAddon; handle: NativeHandle } | { reason: string } {
  if (!hasPacer(addon))
    return {
      reason:
        "The native helper was built without clang and libbpf: install them (Debian: apt-get install clang libbpf-dev) and run `npm rebuild`.",
    };
  const handle = addon.pacerOpen(buildFile("pacing.bpf.o"), buildFile("starter.bpf.o"));
  return typeof handle === "number" ? { reason: explain(-handle) } : { addon, handle };
}

/** Find out by trying whether subflows can be paced here. Never throws for what is missing. */
export function probePacing(addon: Addon): PacingSupport {
  const opened = open(addon);
  if ("reason" in opened) return { hasPacing: false, reason: opened.reason };
  opened.addon.pacerClose(opened.handle);
  return { hasPacing: true, reason: null };
}

/**
 * Load the pacing program. See SubflowPacer.
 *
 * Errors: AppError MPTCP_NO_PACING with the reason of `probePacing`; NativeError from the calls.
 */
export function openPacer(loaded: Addon): SubflowPacer {
  const opened = open(loaded);
  if ("reason" in opened) throw new AppError("MPTCP_NO_PACING", opened.reason);
  const { addon, handle } = opened;

  const setRates: SubflowPacer["setRates"] = (paces) => {
    const checked = paces.map((pace) => ({
      ...checkSubflow(pace.subflow, 0),
      rate: pace.bytesPerSecond === null ? unlimited : checkRate(pace.bytesPerSecond),
      unsentBytes: checkBound("unsentLimitBytes", pace.unsentLimitBytes),
      inFlightBytes: checkBound("inFlightLimitBytes", pace.inFlightLimitBytes),
      isRestart: pace.isRestart === true,
      startBytes: checkBound("startBytes", pace.startBytes) ?? 0,
    }));
    for (const { token, local, remote, rate, unsentBytes, inFlightBytes, isRestart, startBytes } of checked)
      requireNumber(
        addon.pacerStage(
          handle,
          token,
          local.address,
          local.port,
          remote.address,
          remote.port,
          rate,
          unsentBytes,
          inFlightBytes,
          isRestart,
          startBytes,
        ),
        "bpf",
        () => `Handing the rate of the subflow from ${local.address} to ${remote.address} to the kernel failed`,
      );
    requireNumber(addon.pacerApply(handle), "bpf", () => `Pacing ${paces.length} subflows failed`);
  };

  return {
    setRates,
    setRate: (subflow, bytesPerSecond) => setRates([{ subflow, bytesPerSecond }]),
    close: () => addon.pacerClose(handle),
  };
}

/** In whole bytes; what the 32 bits cannot hold (from 34 Gbit/s) is no limit. */
function checkRate(bytesPerSecond: number): number {
  const rate = checkInteger("bytesPerSecond", Math.round(bytesPerSecond), 1, Number.MAX_SAFE_INTEGER);
  return Math.min(rate, unlimited);
}

/** For native code null leaves a bound as it is, and 0 lifts it; the kernel's integers are signed. */
function checkBound(name: string, bytes: number | null | undefined): number | null {
  if (bytes === undefined) return null;
  return bytes === null ? 0 : checkInteger(name, Math.round(bytes), 1, 0x7fff_ffff);
}
