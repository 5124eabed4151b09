/**
 * Turns at what a machine has little of. Many runs may wait for their SIS at once; what comes after the read costs the
 * worker's CPU, its memory and several connections of the database, so only a few are there at a time, in the order in
 * which they came.
 */
export class Turns {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /**
   * Waits for a turn, which lasts until it is disposed of.
   * @throws the signal's reason when it aborts meanwhile
   */
  async take(signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#inLine(signal);
    return { [Symbol.dispose]: () => this.#pass() };
  }

  #inLine(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      this.#waiting.delete(come);
      reject(signal.reason);
    };
    const come = () => {
      signal.removeEventListener("abort", leave);
      resolve();
    };
    this.#waiting.add(come);
    signal.addEventListener("abort", leave, { once: true });
    return promise;
  }

  /** To who has waited longest, or back. */
  #pass(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
