import type { Addon } from "./load-addon";
import { requireResult } from "./native-error";

/** See MptcpHelper.watchLinks. Source: rtnetlink(7). */
export function watchLinks(addon: Addon, onChange: () => void): () => void {
  const handle = requireResult(
    addon.linkMonitorOpen(onChange),
    "netlink",
    () => "Watching links and addresses of this machine (rtnetlink) failed",
  );
  return () => addon.linkMonitorClose(handle);
}
