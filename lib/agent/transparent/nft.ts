import { spawn } from "node:child_process";
import { childEnv } from "@/lib/shared/env";
import { AppError, errorCode, errorMessage } from "@/lib/shared/errors";

/** nft is in the administrator's folders, which an ordinary PATH may lack. */
const searchPath = "/usr/sbin:/sbin:/usr/local/sbin:/usr/bin:/bin";

/**
 * Run `nft` on this script (one transaction: all of it or nothing) or with these arguments; gives its output.
 *
 * Errors: AppError NFT_MISSING where it is not installed, NFT_REFUSED with what it said.
 * Source: nft(8).
 */
export function runNft(input: { script: string } | { args: string[] }): Promise<string> {
  const args = "args" in input ? input.args : ["-f", "-"];
  return new Promise((resolve, reject) => {
    const child = spawn("nft", args, {
      env: { ...childEnv({}), PATH: searchPath, LC_ALL: "C" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const output: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
    child.stdin.on("error", () => {});
    child.stdin.end("script" in input ? input.script : "");
    child.on("error", (cause) => {
      const text =
        errorCode(cause) === "ENOENT"
          ? "Transparent capture needs nft, which this device lacks: install nftables (Debian: apt-get install nftables)."
          : `nft could not be started (${errorMessage(cause)}).`;
      reject(new AppError("NFT_MISSING", text, { cause }));
    });
    child.on("close", (code) => {
      if (code === 0) return resolve(Buffer.concat(output).toString());
      const [said = ""] = Buffer.concat(complaints).toString().trim().split("\n");
      const hint = /permitted|permission/i.test(said) ? " Start the agent as root or with CAP_NET_ADMIN." : "";
      reject(new AppError("NFT_REFUSED", `nft refused (${said || `exit code ${code}`}).${hint}`));
    });
  });
}
