export interface RateLimit {
  readonly requests: number;
  readonly windowSeconds: number;
  /** Told in these headers; without a prefix only in Retry-After. */
  readonly headerPrefix?: string;
}

export interface RateState {
  readonly isOver: boolean;
  readonly retryAfterSeconds: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Requests per window and caller; the count starts again with each window. */
export class RateMeter {
  readonly #limit: RateLimit;
  readonly #now: () => Date;
  readonly #counts = new Map<string, number>();
  #window = 0;

  constructor(limit: RateLimit, now: () => Date) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Counts a request of this caller. */
  take(caller: string): RateState {
    const { requests, windowSeconds, headerPrefix } = this.#limit;
    const seconds = this.#now().getTime() / 1000;
    const window = Math.floor(seconds / windowSeconds);
    if (window !== this.#window) this.#counts.clear();
    this.#window = window;
    // Signed requests differ each time: what counts is who signs.
    const key = /oauth_consumer_key="([^"]*)"/.exec(caller)?.[1] ?? caller;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    const reset = (window + 1) * windowSeconds;
    const headers: Record<string, string> = {};
    if (headerPrefix) {
      headers[`${headerPrefix}-Limit`] = String(requests);
      headers[`${headerPrefix}-Remaining`] = String(Math.max(0, requests - count));
      headers[`${headerPrefix}-Reset`] = String(reset);
    }
    return { isOver: count > requests, retryAfterSeconds: Math.max(1, Math.ceil(reset - seconds)), headers };
  }
}
