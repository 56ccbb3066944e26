/** What a part says over its IPC channel once it serves. */
export const readyMessage = "ready";
/** What it says to be replaced by a new process of its own. */
export const restartMessage = "restart";
/** How that went: the answer to `restartMessage`. */
export type RestartAnswer = { restart: "done" } | { restart: "failed"; reason: string };

/** Tell the command that started this part that it serves; says nothing where it was started alone. */
export function sayReady(): void {
  if (process.connected) process.send?.(readyMessage);
}

export function isRestartAnswer(message: unknown): message is RestartAnswer {
  return typeof message === "object" && message !== null && "restart" in message;
}

/** Have the command that started this part replace it; resolves when its successor serves, rejects with the reason. */
export function askRestart(): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!process.connected) {
      reject(new Error("nobody started this process who could start another one"));
      return;
    }
    const take = (message: unknown): void => {
      if (!isRestartAnswer(message)) return;
      process.off("message", take);
      if (message.restart === "done") resolve();
      else reject(new Error(message.reason));
    };
    process.on("message", take);
    process.send?.(restartMessage);
  });
}
