import { type NextRequest, NextResponse } from "next/server";
import { authorizationCookie } from "#app/authorization-cookie.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { completeAuthorization } from "#lib/services/integrations/authorize.ts";

/** Where Clever sends the browser back to. Ends on the integration's page, which says how it went. */
export async function GET(request: NextRequest): Promise<Response> {
  const opened = await services();
  const goTo = (path: string) => {
    const response = NextResponse.redirect(new URL(path, opened.env.publicUrl), 303);
    response.cookies.set(authorizationCookie(opened.env, ""));
    // The code stands in this address.
    response.headers.set("cache-control", "no-store");
    response.headers.set("referrer-policy", "no-referrer");
    return response;
  };
  const scope = await whoIsBack();
  if (scope === "signed-out") return goTo(paths.signIn(paths.integrations()));
  if (scope === "no-admin") return goTo(paths.root());
  const { searchParams } = request.nextUrl;
  const { integrationId, outcome } = await completeAuthorization(opened, scope, {
    state: searchParams.get("state"),
    code: searchParams.get("code"),
    error: searchParams.get("error"),
    browserSecret: request.cookies.get(authorizationCookie(opened.env, "").name)?.value ?? null,
  });
  return goTo(integrationId === null ? paths.authorizationProblem(outcome) : paths.integration(integrationId, { authorization: outcome }));
}

async function whoIsBack(): Promise<DistrictScope<"change-integrations"> | "signed-out" | "no-admin"> {
  try {
    return await adminScope("change-integrations");
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return error.code === "unauthenticated" ? "signed-out" : "no-admin";
  }
}
