/** When a server says to come back, from the headers that vendors use for it. */
import type { HttpHeaders } from "./exchange.ts";

export interface RateLimited {
  readonly status: number;
  readonly headers: HttpHeaders;
}

/**
 * How long the server asks us to wait, in milliseconds, or null if it does not say: `Retry-After` (seconds or an HTTP date),
 * else, at a 429 or once nothing is left, `X-RateLimit-Reset` or `RateLimit-Reset` (seconds from now, or a Unix time).
 */
export function askedWaitMs({ status, headers }: RateLimited, now: Date): number | null {
  const retryAfter = headers["retry-after"]?.trim();
  if (retryAfter !== undefined && /^\d+(\.\d+)?$/.test(retryAfter)) return Math.ceil(Number(retryAfter) * 1000);
  const date = retryAfter === undefined ? Number.NaN : Date.parse(retryAfter);
  // The server's own clock, where it tells, is the one that its dates are meant by.
  const told = Date.parse(headers.date ?? "");
  const serverNow = Number.isNaN(told) ? now.getTime() : told;
  if (!Number.isNaN(date)) return Math.max(0, date - serverNow);
  // Clever's 429 need not say that nothing is left.
  return status === 429 || isUsedUp(headers) ? resetMs(headers, serverNow) : null;
}

/** Whether the answer says that the next request would be one too many. */
function isUsedUp(headers: HttpHeaders): boolean {
  const remaining = headers["x-ratelimit-remaining"] ?? headers["ratelimit-remaining"];
  return remaining !== undefined && /^\s*0+\s*(,|;|$)/.test(remaining);
}

function resetMs(headers: HttpHeaders, serverNow: number): number | null {
  const reset = headers["x-ratelimit-reset"] ?? headers["ratelimit-reset"];
  if (reset === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(reset)) return null;
  const value = Number(reset);
  // Above thirty years it can only be a date: in seconds, or in milliseconds.
  if (value > 1e12) return Math.max(0, value - serverNow);
  return value > 1e9 ? Math.max(0, value * 1000 - serverNow) : value * 1000;
}
