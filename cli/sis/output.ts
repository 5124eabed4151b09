import { DrizzleQueryError } from "drizzle-orm/errors";
import { isUnreachable } from "#lib/platform/db/unreachable.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import type { ExitCode, Terminal } from "./terminal.ts";

/** What a command did: for programs as one JSON document, for people as lines; or a list that is printed as it is read (listing.ts). */
export type Result = Answer | Listed;

export interface Answer {
  readonly json: unknown;
  readonly lines: readonly string[];
  readonly exitCode?: ExitCode;
}

/** Records that people are shown, before they are (lib/services/views). */
export type Seeing = (shown: unknown) => Promise<void>;

export interface Listed {
  /** Prints everything; answers the exit code. */
  print(terminal: Terminal, asJson: boolean, seeing: Seeing): Promise<0 | 1>;
}

/** A failure of a command that no service names: `code` is part of the command line's interface. */
export class CommandError extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = "CommandError";
    this.code = code;
    this.details = details;
  }
}

export function print(terminal: Terminal, text: string): Promise<void> {
  return terminal.write(`${text}\n`);
}

/** Whoever read the output has seen enough, as `head` does: no failure. */
export function isReaderGone(error: unknown): boolean {
  return codeOf(error) === "EPIPE";
}

/** `{ error: { code, message } }` on stdout for programs; one line on stderr for people. */
export async function printError(error: unknown, terminal: Terminal, asJson: boolean): Promise<void> {
  const { code, message, ...details } = describe(error);
  if (asJson) await print(terminal, JSON.stringify({ error: { code, message, ...details } }));
  else terminal.complain(`Error: ${message}\n`);
}

/** An error as the command line's interface has it: a code for programs, words for people. */
export function describe(error: unknown): { code: string; message: string } & Record<string, unknown> {
  if (error instanceof CommandError) return { code: error.code, message: error.message, ...error.details };
  if (error instanceof ServiceError)
    return { code: error.code, message: error.message, ...(Object.keys(error.fields).length > 0 && { fields: error.fields }) };
  return (
    describeDatabase(error) ?? describeFile(error) ?? { code: "internal", message: error instanceof Error ? error.message : String(error) }
  );
}

const unknownTableOrColumn = new Set(["42P01", "42703", "3F000"]);

/** Without the statement and its values, which hold names and addresses. */
function describeDatabase(error: unknown): { code: string; message: string } | null {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  const code = codeOf(cause);
  if (!(cause instanceof Error) || code === null) return null;
  if (cause.name !== "PostgresError")
    return isUnreachable(cause) ? { code: "database", message: `The database cannot be reached (${code}).` } : null;
  if (unknownTableOrColumn.has(code))
    return {
      code: "database",
      message: "The database is not at the state that this version needs. Start npm start once more, or run npm run db:migrate.",
    };
  // Signing in and choosing a database: the message says which.
  const isAccess = code.startsWith("28") || code.startsWith("3D");
  return { code: "database", message: isAccess ? `The database refuses: ${cause.message}.` : `The database refused this (${code}).` };
}

function describeFile(error: unknown): { code: string; message: string } | null {
  const code = codeOf(error);
  if (code === null || !(error instanceof Error) || !("path" in error)) return null;
  return { code: "file", message: `${String(error.path)} cannot be used (${code}).` };
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

export type Cell = string | number | null;

/** Lines of aligned columns under a header. */
export function table(header: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  return tableInParts(header)(rows);
}

/**
 * The same for rows that come in parts: the first part's lines begin with the header; a column grows when a later part is wider.
 */
export function tableInParts(header: readonly string[]): (rows: readonly (readonly Cell[])[]) => string[] {
  let widths = header.map(() => 0);
  let isNumber: readonly boolean[] | null = null;
  return (rows) => {
    const head = isNumber === null ? [header] : [];
    isNumber ??= header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === "number"));
    const cells = [...head, ...rows.map((row) => row.map((cell) => (cell === null ? "–" : String(cell))))];
    widths = widths.map((width, column) => cells.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), width));
    return cells.map((row) =>
      row
        .map((cell, column) => (isNumber?.[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    );
  };
}
