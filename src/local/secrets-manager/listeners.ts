/** Calls listeners in the order of their subscription. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Answers a function that ends the subscription. */
  readonly subscribe = (listener: (value: T) => void): (() => void) => {
    const own = (value: T) => listener(value);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  };

  tell(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }
}
