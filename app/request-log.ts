import type { Instrumentation } from "next";
import { errorFields, log } from "#lib/platform/log.ts";

import { requestErrors } from "./request-errors.ts";

type Asked = Parameters<Instrumentation.onRequestError>[1];
type Context = Parameters<Instrumentation.onRequestError>[2];

/** Next tells of an error twice: to onRequestError, and on the console. */
const told = new WeakSet<Error>();

/** The route is its pattern, `/roster/[kind]/[id]`: what somebody searched for is in the address. */
export function logRequestError(error: unknown, request: Asked, context: Context): void {
  if (error instanceof Error) told.add(error);
  requestErrors.inc();
  const requestId = request.headers["x-request-id"];
  log.error("request-failed", {
    requestId: typeof requestId === "string" ? requestId : undefined,
    method: request.method,
    route: context.routePath,
    ...digestOf(error),
    ...errorFields(error),
  });
}

/** Next writes errors to the console with their messages, which quote statements and values. From now on they are lines of the log, without. */
export function logWhatNextSays(): void {
  const say =
    (level: "warn" | "error") =>
    (first: unknown, ...more: readonly unknown[]) => {
      const error = [first, ...more].find((part) => part instanceof Error);
      if (error === undefined) log[level]("web-said", { said: String(first).slice(0, 200) });
      else if (!told.has(error)) log.error("web-failed", { ...digestOf(error), ...errorFields(error) });
    };
  console.error = say("error");
  console.warn = say("warn");
}

/** What the error's page shows, so that who saw it can be answered. */
function digestOf(error: unknown): { readonly digest?: string } {
  return error instanceof Error && "digest" in error && typeof error.digest === "string" ? { digest: error.digest } : {};
}
