import type { ListenerBox } from "./face";
import type { Addon } from "./load-addon";
import { requireNumber } from "./native-error";

/** See MptcpHelper.openListenerBox. */
export function openListenerBox(addon: Addon, path: string): ListenerBox {
  const fd = requireNumber(
    addon.handoverOpen(path),
    "bind",
    () => `Opening ${path} to take a listening socket over failed`,
  );
  return { fd, close: () => addon.handoverClose(fd) };
}
