import pino from "pino";
import { readEnv } from "./env";
import { isReaderGone } from "./errors";

/** Never logged, wherever one passes them along. */
const hidden = ["secret", "password", "authorization", "cookie", "credential", "token", "msisdn", "imsi"];

/** A subscriber's number has 8 to 15 digits (ITU-T E.164); what quotes data, such as a database's error, may have one. */
const longNumber = /\d{8,15}/g;
const maxCauses = 5;
const hideNumbers = (text: string): string => text.replaceAll(longNumber, (digits) => `…${digits.slice(-4)}`);

/** An error for the log: its kind, words and stack, none of the values that libraries hang on it, and no whole number. */
function errorForLog(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return hideNumbers(String(error));
  const { name, message, stack = "", cause } = error;
  const code = "code" in error ? String(error.code) : undefined;
  const because = cause === undefined || depth >= maxCauses ? {} : { cause: errorForLog(cause, depth + 1) };
  return { type: name, code, message: hideNumbers(message), stack: hideNumbers(stack), ...because };
}

/** Outlives its reader, as pino does where a write gives EPIPE; to a terminal that was closed it gives EIO. */
function standardOutput(): pino.DestinationStream {
  const destination = pino.destination(1);
  destination.prependListener("error", (error: NodeJS.ErrnoException) => {
    if (!isReaderGone(error)) throw error;
    error.code = "EPIPE";
  });
  return destination;
}

/**
 * One structured logger for a part of the product, to standard output or (from a part that talks to a person there) to
 * a file. Secrets and credentials are never logged, also by accident.
 */
export function createLog(part: string, file?: string): pino.Logger {
  const options: pino.LoggerOptions = {
    level: readEnv("TWINPATH_LOG_LEVEL") ?? "info",
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error) => errorForLog(error) },
    redact: {
      paths: hidden.flatMap((name) => [name, `*.${name}`]),
      censor: "[hidden]",
    },
  };
  if (file === undefined) return pino(options, standardOutput());
  return pino(options, pino.destination({ dest: file, mkdir: true, sync: true }));
}

export type Log = pino.Logger;
