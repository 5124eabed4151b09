/** The SQLSTATE of a failed statement, or the driver's or the system's code; drizzle puts an error of its own around it. */
export function codeOf(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ("code" in each && typeof each.code === "string") return each.code;
  }
  return undefined;
}

/** Codes of a server that is not there, is starting or stopping, or went away in the middle (PostgreSQL manual, appendix A; postgres.js; Node). */
const away = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "57P01",
  "57P02",
  "57P03",
  "08000",
  "08001",
  "08003",
  "08004",
  "08006",
]);

/** Whether the database may answer the same question a little later. */
export function isDatabaseAway(error: unknown): boolean {
  return away.has(codeOf(error) ?? "");
}
