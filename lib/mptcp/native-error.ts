import { getSystemErrorName } from "node:util";
import { AppError } from "@/lib/shared/errors";
import type { NativeErrorShape } from "./face";

/** The name of a positive errno ("ECONNREFUSED"); `E<number>` for one that Node does not know. */
export function errnoName(errno: number): string {
  if (errno <= 0) return "";
  const name = getSystemErrorName(-errno);
  return name.startsWith("Unknown") ? `E${errno}` : name;
}

/** A call that the kernel refused: `code` is the errno's name, `errno` positive. */
export class NativeError extends AppError implements NativeErrorShape {
  readonly errno: number;
  readonly syscall: string;

  constructor(syscall: string, errno: number, message: string) {
    super(errnoName(errno), `${message}: ${errnoName(errno)}`);
    this.name = "NativeError";
    this.errno = errno;
    this.syscall = syscall;
  }
}

/** Pass a native result on, or throw it where it is `-errno`. `explain` says what was tried, with what. */
export function requireResult<T>(result: T | number, syscall: string, explain: () => string): Exclude<T, number> {
  if (typeof result === "number") throw new NativeError(syscall, -result, explain());
  return result as Exclude<T, number>;
}

/** The same for calls whose good results are numbers from 0. */
export function requireNumber(result: number, syscall: string, explain: () => string): number {
  if (result < 0) throw new NativeError(syscall, -result, explain());
  return result;
}
