import { ServiceError } from "#lib/errors.ts";

/** What a command did: for programs as one JSON document, for people as lines. */
export interface Result {
  readonly json: unknown;
  readonly lines: readonly string[];
  /** 0: done. 1: failed. 2: nothing failed, but an admin has to decide (a held sync). */
  readonly exitCode?: 0 | 1 | 2;
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

/** Writes to stdout and waits until it is out: `process.exit` would cut a long document off in a pipe. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${text}\n`, () => resolve()));
}

/** `{ error: { code, message } }` on stdout for programs; one line on stderr for people. */
export async function printError(error: unknown, asJson: boolean): Promise<void> {
  const { code, message, ...details } = describe(error);
  if (asJson) await print(JSON.stringify({ error: { code, message, ...details } }));
  else process.stderr.write(`Error: ${message}\n`);
}

function describe(error: unknown): { code: string; message: string } & Record<string, unknown> {
  if (error instanceof CommandError) return { code: error.code, message: error.message, ...error.details };
  if (error instanceof ServiceError)
    return { code: error.code, message: error.message, ...(Object.keys(error.fields).length > 0 && { fields: error.fields }) };
  const message = error instanceof Error ? error.message : String(error);
  return { code: "internal", message };
}

/** Lines of aligned columns under a header. */
export function table(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string[] {
  const cells = [header, ...rows.map((row) => row.map((cell) => (cell === null ? "–" : String(cell))))];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const isNumber = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === "number"));
  return cells.map((row) =>
    row
      .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
