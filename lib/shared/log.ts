import pino from "pino";
import { readEnv } from "./env";

/** One structured logger for a part of the product. Secrets and credentials are never logged, also by accident. */
export function createLog(part: string): pino.Logger {
  return pino({
    name: part,
    level: readEnv("TWINPATH_LOG_LEVEL") ?? "info",
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ["secret", "password", "authorization", "*.secret", "*.password", "*.authorization"],
      censor: "[hidden]",
    },
  });
}

export type Log = pino.Logger;
