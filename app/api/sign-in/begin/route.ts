import { type NextRequest, NextResponse } from "next/server";
import { ownAccountsCookie } from "#app/own-accounts-cookie.ts";
import { paths, safeReturnTo } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfClient } from "#app/session.ts";
import { beginIdentitySignIn } from "#lib/services/identity/begin.ts";

/** Sends the browser to the provider of a district. A link, not a form: the page's policy lets forms go nowhere else. */
export async function GET(request: NextRequest): Promise<Response> {
  const opened = await services();
  const { searchParams } = request.nextUrl;
  const [district, provider] = [searchParams.get("district") ?? "", searchParams.get("provider") ?? ""];
  const returnTo = safeReturnTo(searchParams.get("returnTo"));
  const begun = await beginIdentitySignIn(opened, {
    districtId: district,
    providerId: provider,
    returnTo,
    redirectUri: new URL(paths.api.signInCallback(), opened.env.publicUrl).href,
    address: await addressOfClient(),
    isAnew: searchParams.get("anew") === "1",
  });
  const to = begun.ok ? begun.url : new URL(paths.signInRefused({ refused: begun.reason, district, returnTo }), opened.env.publicUrl);
  const response = NextResponse.redirect(to, 303);
  if (begun.ok) response.cookies.set(ownAccountsCookie(opened.env, begun.browserSecret));
  response.headers.set("cache-control", "no-store");
  response.headers.set("referrer-policy", "no-referrer");
  return response;
}
