import { codeOf } from "#lib/platform/db/error-codes.ts";
import type { RunFailureDetails } from "#lib/platform/errors.ts";

/** SQLSTATE classes and codes (PostgreSQL manual, appendix A) that mean something to an admin. */
const databaseCodes: Record<
  string,
  { readonly message: string; readonly remedy: string; readonly code: "disk-full" | "database"; readonly transient: boolean }
> = {
  "53100": {
    code: "disk-full",
    message: "The database has no disk space left.",
    remedy: "Free disk space on the database server, then run the sync again.",
    transient: true,
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
    remedy: "Look at the log and the disk space of the database server.",
    transient: true,
  },
  "57P03": {
    code: "database",
    message: "The database was starting or stopping and took no connections.",
    remedy: "If it does not come up, look at its log and at its disk space: it cannot recover on a full disk.",
    transient: true,
  },
  "53300": {
    code: "database",
    message: "The database has no connection left.",
    remedy: "Raise max_connections on the database server, or run fewer workers and web servers.",
    transient: true,
  },
  ...Object.fromEntries(
    (
      [
        ["40001", "Another transaction changed the same data at the same time"],
        ["40P01", "The sync and another transaction waited for each other"],
        ["55P03", "Somebody else held what the sync needed for longer than it may wait"],
        ["57014", "A statement of the sync was canceled, by a timeout or by somebody"],
        ["25P03", "A transaction of the sync was idle for longer than the database allows"],
        ["25P04", "A transaction of the sync took longer than the database allows"],
      ] as const
    ).map(([state, message]) => [
      state,
      {
        code: "database" as const,
        message: `${message} (SQLSTATE ${state}).`,
        remedy: "The sync can be run again. If it happens often, look for long transactions and for time limits on the database server.",
        transient: true,
      },
    ]),
  ),
};

/** What the SQLSTATE of a failed statement means for a run; null where that is not known. */
export function knownDatabaseFailure(error: unknown): RunFailureDetails | null {
  const known = databaseCodes[codeOf(error) ?? ""];
  return known ? { ...known, step: "database", message: `${known.message} Nothing was changed.` } : null;
}
