import pino from "pino";
import { readEnv } from "./env";

/**
 * One structured logger for a part of the product, to standard output or (from a part that talks to a person there) to
 * a file. Secrets and credentials are never logged, also by accident.
 */
export function createLog(part: string, file?: string): pino.Logger {
  const options: pino.LoggerOptions = {
    level: readEnv("TWINPATH_LOG_LEVEL") ?? "info",
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ["secret", "password", "authorization", "*.secret", "*.password", "*.authorization"],
      censor: "[hidden]",
    },
  };
  return file === undefined ? pino(options) : pino(options, pino.destination({ dest: file, mkdir: true, sync: true }));
}

export type Log = pino.Logger;
