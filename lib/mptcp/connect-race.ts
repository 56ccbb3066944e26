/** How long one attempt is waited for before the next one begins beside it (RFC 8305 §5: Connection Attempt Delay). */
export const attemptDelayMs = 250;

/**
 * When which address is dialled: one after the other at once where one fails, beside each other where one does not answer
 * within 250 ms. Whoever dials tells what became of the attempts; the first that connects ends the race.
 *
 * Source: RFC 8305 §5.
 */
export class ConnectRace {
  private readonly waiting: string[];
  private isFirst = true;
  private underWay = 0;
  private timer: NodeJS.Timeout | null = null;

  /** @param addresses in the order in which they are to be tried */
  constructor(
    addresses: readonly string[],
    private readonly dial: (address: string, isFirst: boolean) => void,
    private readonly delayMs: number = attemptDelayMs,
  ) {
    this.waiting = [...addresses];
    this.next();
  }

  /** One attempt has failed. @returns whether it was the last hope */
  failed(): boolean {
    this.underWay -= 1;
    this.next();
    return this.underWay === 0;
  }

  /** One has connected, or nobody wants it any more. */
  end(): void {
    this.waiting.splice(0);
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private next(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const address = this.waiting.shift();
    if (address === undefined) return;
    this.underWay += 1;
    this.dial(address, this.isFirst);
    this.isFirst = false;
    if (this.waiting.length > 0) this.timer = setTimeout(() => this.next(), this.delayMs);
  }
}
