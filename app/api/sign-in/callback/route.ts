import { type NextRequest, NextResponse } from "next/server";
import { ownAccountsCookie } from "#app/own-accounts-cookie.ts";
import { paths, safeReturnTo } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { clientOfRequest, sessionCookie } from "#app/session.ts";
import { completeIdentitySignIn } from "#lib/services/identity/complete.ts";

/** Where a district's provider sends the browser back to: a session, or the sign-in page, which says why not. */
export async function GET(request: NextRequest): Promise<Response> {
  const opened = await services();
  const url = new URL(paths.api.signInCallback(), opened.env.publicUrl);
  url.search = request.nextUrl.search;
  const result = await completeIdentitySignIn(opened, {
    url,
    browserSecret: request.cookies.get(ownAccountsCookie(opened.env, "").name)?.value ?? null,
    ...(await clientOfRequest()),
  });
  const returnTo = safeReturnTo(result.returnTo);
  const to = result.ok ? returnTo : paths.signInRefused({ refused: result.reason, district: result.districtId, returnTo });
  const response = NextResponse.redirect(new URL(to, opened.env.publicUrl), 303);
  response.cookies.set(ownAccountsCookie(opened.env, ""));
  if (result.ok) response.cookies.set(await sessionCookie(opened.env, result.session));
  // The code stands in this address.
  response.headers.set("cache-control", "no-store");
  response.headers.set("referrer-policy", "no-referrer");
  return response;
}
