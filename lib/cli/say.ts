import { isReaderGone } from "@/lib/shared/errors";

/** A line for the person at the terminal. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A line about what went wrong. */
export function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Whoever reads these streams may leave: what was begun goes on, and is ended as it should be. */
export function outliveReaders(streams: readonly NodeJS.EventEmitter[] = [process.stdout, process.stderr]): void {
  for (const stream of streams)
    stream.on("error", (error: unknown) => {
      if (!isReaderGone(error)) throw error;
    });
}
