/** The newest `capacity` items, oldest first. `version` grows with every change. */
export class RingBuffer<T> {
  readonly #capacity: number;
  #items: T[] = [];
  #start = 0;
  version = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push(item: T): void {
    if (this.#items.length < this.#capacity) this.#items.push(item);
    else {
      this.#items[this.#start] = item;
      this.#start = (this.#start + 1) % this.#capacity;
    }
    this.version += 1;
  }

  replace(items: readonly T[]): void {
    this.#items = items.slice(-this.#capacity);
    this.#start = 0;
    this.version += 1;
  }

  last(): T | null {
    const index = (this.#start + this.#items.length - 1) % Math.max(1, this.#items.length);
    return this.#items[index] ?? null;
  }

  toArray(): T[] {
    return [...this.#items.slice(this.#start), ...this.#items.slice(0, this.#start)];
  }
}
