import { readFileSync, writeFileSync } from "node:fs";
import { errorMessage } from "@/lib/shared/errors";
import type { Log } from "@/lib/shared/log";

/** Of the network namespace; its second bit lets listeners take bytes with a SYN (Linux, ip-sysctl.rst). */
const setting = "/proc/sys/net/ipv4/tcp_fastopen";
const serverBit = 2;

/**
 * Let listeners of this namespace that ask for TCP Fast Open have it. The bit stays: others do not notice it, and the
 * next process on the port needs it. False where it is off and may not be set; connections then begin as ever.
 */
export function allowFastOpen(log: Log): boolean {
  try {
    const value = Number(readFileSync(setting, "utf8"));
    if ((value & serverBit) === 0) writeFileSync(setting, String(value | serverBit));
    return true;
  } catch (error) {
    log.warn({ reason: errorMessage(error) }, "no TCP Fast Open: net.ipv4.tcp_fastopen cannot be set");
    return false;
  }
}
