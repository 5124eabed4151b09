import { RunCancelled, type RunFailure } from "#lib/platform/errors.ts";
import type { WaitCause } from "#lib/roster/trace.ts";

/** How long a source waits for a SIS, and how often it asks again. Handed in, so that nothing has to sleep to be tested. */
export interface Patience {
  /** For a connection to stand, or a server to greet. */
  readonly connectTimeoutMs: number;
  /** Between two answers of a server that is being read. */
  readonly idleTimeoutMs: number;
  /** Tries for what failed in a way that may pass. */
  readonly attempts: number;
  /** Tries for a file that changes while it is read. */
  readonly stableAttempts: number;
  readonly stableWaitMs: number;
  /** Between 0 and 1; spreads the retries of many districts. */
  readonly random: () => number;
  /** Resolves after that time, or rejects with RunCancelled as soon as the signal is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const defaultPatience: Patience = {
  connectTimeoutMs: 20_000,
  idleTimeoutMs: 30_000,
  attempts: 3,
  stableAttempts: 4,
  stableWaitMs: 15_000,
  random: Math.random,
  wait: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new RunCancelled());
      const onAbort = () => {
        clearTimeout(timer);
        reject(new RunCancelled());
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal.addEventListener("abort", onAbort, { once: true });
    }),
};

/** Exponential backoff with full jitter above its half: 1 s, 2 s, 4 s … at most 30 s. */
export function backoffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(30_000, 1_000 * 2 ** (attempt - 1));
  return Math.round(ceiling * (0.5 + random() / 2));
}

/** Why what failed is waited for. */
export function causeOf({ code }: Pick<RunFailure, "code">): WaitCause {
  return causes[code] ?? "cut-off";
}

const causes: Partial<Record<RunFailure["code"], WaitCause>> = {
  timeout: "no-answer",
  "rate-limited": "rate-limit",
  "server-error": "server-error",
  "response-invalid": "unreadable",
  "file-missing": "changing",
};
