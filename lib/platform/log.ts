import { AsyncLocalStorage } from "node:async_hooks";
import { pino } from "pino";
import type { LogLevel } from "./log-levels.ts";

/** What a line may hold: ids, codes and counts. Never a message of someone else's, which could quote a row or a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Whatever comes under these names is left out, wherever it stands: a second wall behind what callers give. */
const secretFields = [
  "password",
  "secret",
  "token",
  "authorization",
  "cookie",
  "email",
  "name",
  "givenName",
  "familyName",
  "address",
  "url",
];
const left = "[left out]";
/** An email address, or a password in an address. */
const personal = /[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+|:\/\/[^\s/@]*:[^\s/@]*@/;

const about = new AsyncLocalStorage<LogFields>();

const logger = pino(
  {
    level: "info",
    base: null,
    messageKey: "event",
    timestamp: () => `,"at":"${new Date().toISOString()}"`,
    mixin: () => ({ ...about.getStore() }),
    redact: { paths: secretFields, censor: left },
    formatters: { level: (level) => ({ level }), log: withoutPersons },
  },
  // Synchronous in a pipe or a file, so that nothing is lost by process.exit.
  { write: (line) => void process.stdout.write(line) },
);

/** One JSON line for each event, on stdout: `{ level, at, …fields, event }`. */
export const log = {
  debug: (event: string, fields: LogFields = {}) => logger.debug(fields, event),
  /** What goes as it should. */
  info: (event: string, fields: LogFields = {}) => logger.info(fields, event),
  /** What was mended, or mends itself. */
  warn: (event: string, fields: LogFields = {}) => logger.warn(fields, event),
  /** What somebody should look at. */
  error: (event: string, fields: LogFields = {}) => logger.error(fields, event),
} as const;

/** From which level on this process writes; "info" until it is told. */
export function setLogLevel(level: LogLevel): void {
  logger.level = level;
}

/** Every line that the work writes, however deep, has these fields: which run, district or request it is about. */
export function logAbout<T>(fields: LogFields, work: () => T): T {
  return about.run({ ...about.getStore(), ...fields }, work);
}

/** The kind of an error, its code where it has one, and where it came from. Not its message, which may quote data. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: "unknown" };
  const cause = error.cause instanceof Error ? error.cause : undefined;
  const code = codeOf(error) ?? codeOf(cause);
  return { error: error.name, code, ...(cause && { cause: cause.name }), at_line: placeOf(error)?.slice(0, 200) };
}

function codeOf(error: Error | undefined): string | undefined {
  return error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** In our own code if it can be told: a built page has no `.ts` in its stack. */
function placeOf(error: Error): string | undefined {
  const lines = (error.stack ?? "").split("\n").map((line) => line.trim());
  return lines.find((line) => line.startsWith("at ") && line.includes(".ts:")) ?? lines.find((line) => line.startsWith("at "));
}

function withoutPersons(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, typeof value === "string" && personal.test(value) ? left : value]),
  );
}
