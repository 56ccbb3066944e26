import type { MptcpHelper } from "./face";
import { openListenerBox } from "./listener-box";
import { loadAddon } from "./load-addon";
import { openPacer, probePacing } from "./pacer";
import { openPathManager } from "./path-manager";
import { probeSupport } from "./probe-support";
import { createRelayEngine } from "./relay-engine";
import { watchLinks } from "./watch-links";

export type * from "./face";
export { NativeError } from "./native-error";

/**
 * The kernel's MPTCP and the native relay engine.
 *
 * The addon is loaded at the first call, so importing this module is always safe.
 * Errors: AppError MPTCP_ADDON_MISSING where it was not built.
 */
export const mptcp: MptcpHelper = {
  probe: () => probeSupport(loadAddon()),
  releaseMemory: () => loadAddon().releaseMemory(),
  createRelayEngine: (options) => createRelayEngine(loadAddon(), options),
  openPathManager: () => openPathManager(loadAddon()),
  openListenerBox: (path) => openListenerBox(loadAddon(), path),
  watchLinks: (onChange) => watchLinks(loadAddon(), onChange),
  probePacing: () => probePacing(loadAddon()),
  openPacer: () => openPacer(loadAddon()),
};
