import type { SessionRow } from "@/lib/contracts/portal";

/** One direction's bytes: what the paths carried, and what it was made of. `unexplained` is 0 when all adds up. */
export type DirectionBalance = {
  paths: number;
  payload: number;
  handshake: number;
  reinjected: number;
  unexplained: number;
};

type Balance = { download: DirectionBalance; upload: DirectionBalance };

function balance(paths: number, payload: number, handshake: number, reinjected: number): DirectionBalance {
  return { paths, payload, handshake, reinjected, unexplained: paths - payload - handshake - reinjected };
}

/** Sum of the paths = payload + handshake + what MPTCP sent twice (download); bytes, exact. */
export function prepareBalance(session: SessionRow): Balance {
  const sum = (direction: "downloadBytes" | "uploadBytes") =>
    session.subflows.reduce((total, path) => total + path[direction], 0);
  const { downloadBytes, uploadBytes, handshakeDownloadBytes, handshakeUploadBytes, reinjectedBytes } = session;
  return {
    download: balance(sum("downloadBytes"), downloadBytes, handshakeDownloadBytes, reinjectedBytes),
    upload: balance(sum("uploadBytes"), uploadBytes, handshakeUploadBytes, 0),
  };
}
