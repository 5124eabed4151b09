/** What a line may hold: ids, codes and counts. Never a message of someone else's, which could quote a row or a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes one JSON line. */
export function log(event: string, fields: LogFields = {}): void {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...fields })}\n`);
}

/** The kind of an error, and its code where it has one. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: "unknown" };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return {
    error: error.name,
    code,
    at_line: error.stack
      ?.split("\n")
      .find((line) => line.includes(".ts:"))
      ?.trim()
      .slice(0, 200),
  };
}
