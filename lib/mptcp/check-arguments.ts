import { isIP } from "node:net";
import { AppError } from "@/lib/shared/errors";

function refuse(name: string, value: unknown, wanted: string): never {
  throw new AppError("MPTCP_BAD_ARGUMENT", `${name} is ${JSON.stringify(value) ?? String(value)}: give ${wanted}.`);
}

/** An integer within the limits, both included; AppError MPTCP_BAD_ARGUMENT otherwise. */
export function checkInteger(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max)
    refuse(name, value, `a whole number from ${min} to ${max}`);
  return value;
}

export function checkPort(name: string, value: number, min: 0 | 1): number {
  return checkInteger(name, value, min, 65_535);
}

/** A numeric IPv4 or IPv6 address without a zone; AppError MPTCP_BAD_ARGUMENT otherwise. */
export function checkAddress(name: string, value: string): string {
  if (isIP(value) === 0 || value.includes("%")) refuse(name, value, "a numeric IPv4 or IPv6 address without a zone");
  return value;
}
