import { routeResult } from "#app/errors.ts";
import { ringing } from "#app/ringing.ts";
import { adminScope } from "#app/session.ts";

/** What is open in the district; asked once a minute by every page. */
export async function GET(): Promise<Response> {
  return routeResult(async () =>
    Response.json({ incidents: await ringing(await adminScope("read-syncs")) }, { headers: { "cache-control": "no-store" } }),
  );
}
