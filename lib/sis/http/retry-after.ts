/** When a server says to come back, from the headers that vendors use for it. */
import type { HttpHeaders } from "./exchange.ts";

/**
 * How long the server asks us to wait, in milliseconds, or null if it does not say: `Retry-After` (seconds or an HTTP date),
 * else, once nothing is left, `X-RateLimit-Reset` or `RateLimit-Reset` (seconds from now, or a Unix time).
 */
export function askedWaitMs(headers: HttpHeaders, now: Date): number | null {
  const retryAfter = headers["retry-after"]?.trim();
  if (retryAfter !== undefined && /^\d+(\.\d+)?$/.test(retryAfter)) return Math.ceil(Number(retryAfter) * 1000);
  const date = retryAfter === undefined ? Number.NaN : Date.parse(retryAfter);
  if (!Number.isNaN(date)) {
    // The server's own clock, where it tells, is the one that its date is meant by.
    const serverNow = Date.parse(headers.date ?? "");
    return Math.max(0, date - (Number.isNaN(serverNow) ? now.getTime() : serverNow));
  }
  return isUsedUp(headers) ? resetMs(headers, now) : null;
}

/** Whether the answer says that the next request would be one too many. */
function isUsedUp(headers: HttpHeaders): boolean {
  const remaining = headers["x-ratelimit-remaining"] ?? headers["ratelimit-remaining"];
  return remaining !== undefined && /^\s*0+\s*(,|;|$)/.test(remaining);
}

function resetMs(headers: HttpHeaders, now: Date): number | null {
  const reset = headers["x-ratelimit-reset"] ?? headers["ratelimit-reset"];
  if (reset === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(reset)) return null;
  const value = Number(reset);
  // Above thirty years it can only be a date: in seconds, or in milliseconds.
  if (value > 1e12) return Math.max(0, value - now.getTime());
  return value > 1e9 ? Math.max(0, value * 1000 - now.getTime()) : value * 1000;
}
