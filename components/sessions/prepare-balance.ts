import type { SessionRow } from "@/lib/contracts/portal";

/** One direction's bytes: what the paths carried, and what it was made of; `rest` is what these leave over. */
export type DirectionBalance = {
  paths: number;
  payload: number;
  handshake: number;
  reinjected: number;
  rest: number;
};

/**
 * What the rest is. While a session runs, one side of the relay is ahead of the other; where it broke off, it stays so. Of
 * one that finished, only bytes that were carried before can be left over: what the device sent on two paths, and MPTCP's
 * window probes, each of which is the last acknowledged byte again (Linux net/mptcp/protocol.c, mptcp_sendmsg_frag); no
 * counter of a connection tells these. Fewer bytes than went through are nothing that can be explained.
 */
export type RestKind = "on-its-way" | "on-its-way-at-the-end" | "carried-before" | "not-explained";

type Balance = { download: DirectionBalance; upload: DirectionBalance; restKind: RestKind };

function balance(paths: number, payload: number, handshake: number, reinjected: number): DirectionBalance {
  return { paths, payload, handshake, reinjected, rest: paths - payload - handshake - reinjected };
}

function restKindOf({ end }: SessionRow, rests: readonly number[]): RestKind {
  if (end === null) return "on-its-way";
  if (end.reason !== "finished") return "on-its-way-at-the-end";
  return rests.every((rest) => rest >= 0) ? "carried-before" : "not-explained";
}

/** Sum of the paths = payload + handshake + what MPTCP sent twice (download) + the rest; bytes, exact. */
export function prepareBalance(session: SessionRow): Balance {
  const sum = (direction: "downloadBytes" | "uploadBytes") =>
    session.subflows.reduce((total, path) => total + path[direction], 0);
  const { downloadBytes, uploadBytes, handshakeDownloadBytes, handshakeUploadBytes, reinjectedBytes } = session;
  const download = balance(sum("downloadBytes"), downloadBytes, handshakeDownloadBytes, reinjectedBytes);
  const upload = balance(sum("uploadBytes"), uploadBytes, handshakeUploadBytes, 0);
  return { download, upload, restKind: restKindOf(session, [download.rest, upload.rest]) };
}
