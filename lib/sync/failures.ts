import postgres from "postgres";
import { RunCancelled, RunFailure } from "#lib/errors.ts";
import type { Ending } from "./finish.ts";

/** SQLSTATE classes and codes (PostgreSQL manual, appendix A) that mean something to an admin. */
const databaseCodes: Record<
  string,
  { readonly message: string; readonly remedy: string; readonly code: "disk-full" | "database"; readonly transient: boolean }
> = {
  "53100": {
    code: "disk-full",
    message: "The database has no disk space left.",
    remedy: "Free disk space on the database server, then run the sync again.",
    transient: false,
  },
  "53200": {
    code: "database",
    message: "The database ran out of memory.",
    remedy: "Give the database more memory, then run the sync again.",
    transient: true,
  },
  "57P01": {
    code: "database",
    message: "The database was shut down.",
    remedy: "Start the database; the sync can then be run again.",
    transient: true,
  },
  "57P02": {
    code: "database",
    message: "The database crashed.",
    remedy: "Start the database; the sync can then be run again.",
    transient: true,
  },
};
const connectionCodes = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "57P03",
  "08000",
  "08003",
  "08006",
]);

/** What a thrown error means for the run. Foreign messages are kept out: they may quote a row. */
export function asEnding(error: unknown, signal: AbortSignal): Ending {
  const reason: unknown = signal.aborted ? signal.reason : error;
  if (reason instanceof RunCancelled) return { state: "cancelled" };
  if (reason instanceof RunFailure) return { state: "failed", failure: reason.details, cause: reason.cause };
  const code = codeOf(reason);
  const known = code === undefined ? undefined : databaseCodes[code];
  if (known) {
    return {
      state: "failed",
      failure: {
        code: known.code,
        step: "database",
        message: `${known.message} Nothing was changed.`,
        remedy: known.remedy,
        transient: known.transient,
      },
    };
  }
  if (code !== undefined && connectionCodes.has(code)) {
    return {
      state: "failed",
      failure: {
        code: "database",
        step: "database",
        transient: true,
        message: "The connection to the database was lost. Nothing was changed.",
        remedy: "Check that PostgreSQL is running; the sync can then be run again.",
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
    reason instanceof postgres.PostgresError ? `database error ${reason.code}` : reason instanceof Error ? reason.name : "unknown error";
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

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
