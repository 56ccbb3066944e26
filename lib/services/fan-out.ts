/** Gives every event to all who listen at that moment. */
export class FanOut<T> {
  private readonly listeners = new Set<(event: T) => void>();

  get size(): number {
    return this.listeners.size;
  }

  /** @returns stops listening */
  listen(listener: (event: T) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  send(event: T): void {
    for (const listener of [...this.listeners]) listener(event);
  }
}
