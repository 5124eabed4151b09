import { headers } from "next/headers";
import { forbidden, notFound, redirect, unstable_rethrow } from "next/navigation";
import { ServiceError, type ServiceErrorCode } from "#lib/platform/errors.ts";
import { errorFields, log } from "#lib/platform/log.ts";
import { Problem, problemOf, problemResponse } from "./api/v1/problems.ts";
import { paths } from "./paths.ts";
import { requestErrors } from "./request-errors.ts";

/** What a server action answers with: data, or words for the form and its fields. */
export type ActionResult<T = null> =
  | { readonly ok: true; readonly data: T }
  | {
      readonly ok: false;
      readonly code: ServiceErrorCode | "internal";
      readonly message: string;
      readonly fields: Readonly<Record<string, string>>;
    };

const internal = "Something went wrong on our side and nothing was changed. Try again; if it stays, tell whoever runs Aivo for you.";

/** Runs the body of a server action and puts what it throws into words. Redirects pass through. */
export async function actionResult<T>(work: () => Promise<T>): Promise<ActionResult<T>> {
  try {
    return { ok: true, data: await work() };
  } catch (error) {
    unstable_rethrow(error);
    if (error instanceof ServiceError) return { ok: false, code: error.code, message: error.message, fields: error.fields };
    await report(error);
    return { ok: false, code: "internal", message: internal, fields: {} };
  }
}

/** Runs the body of a route handler; what it throws becomes a problem (RFC 9457), as the door of programs answers it. */
export async function routeResult(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    unstable_rethrow(error);
    const problem = problemOf(error);
    if (problem === null) await report(error);
    return problemResponse(problem ?? new Problem("internal", internal), paths.help("api"));
  }
}

/**
 * Runs what a page needs before it renders. Signed out leads to the sign-in page and back; what does not exist is a 404; what
 * is not for this person is the denied page with status 403.
 */
export async function pageResult<T>(address: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ServiceError) {
      if (error.code === "unauthenticated") redirect(paths.signIn(address));
      if (error.code === "forbidden") forbidden();
      if (error.code === "not-found") notFound();
    }
    throw error;
  }
}

/** The class of what happened, and its SQLSTATE or system code; its message may quote data. */
export async function report(error: unknown): Promise<void> {
  const requestId = await Promise.resolve()
    .then(headers)
    .then(
      (of) => of.get("x-request-id"),
      // Outside of a request, as in a test.
      () => null,
    );
  requestErrors.inc();
  log.error("request-failed", { requestId, ...errorFields(error) });
}
