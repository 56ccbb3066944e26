import { spawn } from "node:child_process";

/**
 * A shell that waits for the end of its input: our end, however it comes. Then it hands this command to nft. In a
 * session of its own, so that what ends us does not end it.
 *
 * @returns ends it at once; the command runs then too
 */
export function startWatchdog(nftCommand: string): () => void {
  const script = `trap '' HUP INT TERM; cat > /dev/null; PATH=/usr/sbin:/sbin:$PATH exec nft '${nftCommand}'`;
  const child = spawn("/bin/sh", ["-c", script], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  child.unref();
  return () => void child.stdin.end();
}
