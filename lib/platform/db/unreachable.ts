/** By postgres.js's and the system's codes: refused, reset, timed out, no such host. */
const codes = /^(E[A-Z]+|CONNECT\w*|CONNECTION_\w+)$/;

/** Whether an error says that the database's server cannot be reached, rather than that it refused something. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && codes.test(error.code) && !("path" in error);
}
