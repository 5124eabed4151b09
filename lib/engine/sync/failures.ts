import { codeOf, isDatabaseAway } from "#lib/platform/db/error-codes.ts";
import { RunCancelled, RunFailure } from "#lib/platform/errors.ts";
import { knownDatabaseFailure } from "./database-failures.ts";
import type { Ending } from "./finish.ts";

/** What a thrown error means for the run. Foreign messages are kept out: they may quote a row. */
export function asEnding(error: unknown, signal: AbortSignal): Ending {
  const reason: unknown = signal.aborted ? signal.reason : error;
  if (reason instanceof RunCancelled) return { state: "cancelled" };
  if (reason instanceof RunFailure) return { state: "failed", failure: reason.details, cause: reason.cause };
  const code = codeOf(reason);
  const known = knownDatabaseFailure(reason);
  if (known) return { state: "failed", failure: known };
  if (isDatabaseAway(reason)) {
    return {
      state: "failed",
      failure: {
        code: "database",
        step: "database",
        transient: true,
        message: "The connection to the database was lost. Nothing was changed.",
        remedy: "Check that PostgreSQL is running and that its disk is not full; the sync can then be run again.",
      },
    };
  }
  if (code === "ENOSPC") {
    return {
      state: "failed",
      failure: {
        code: "disk-full",
        step: "read",
        message: "The worker has no disk space left for the downloaded files. Nothing was changed.",
        remedy: "Free disk space on the worker, then run the sync again.",
      },
    };
  }
  const kind =
    code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? `database error ${code}` : reason instanceof Error ? reason.name : "unknown error";
  return {
    state: "failed",
    failure: {
      code: "internal",
      step: "sync",
      message: `The sync stopped on an error of its own (${kind}). Nothing was changed.`,
      remedy: "Run the sync again; if it fails the same way, send the sync's id to Aivo support.",
    },
    cause: reason,
  };
}
