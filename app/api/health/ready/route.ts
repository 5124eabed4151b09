import { databaseProbe, services } from "#app/services.ts";

/** For balancers: 200 while this process could answer people: its services are open, and its database answers. */
export async function GET(): Promise<Response> {
  const isReady =
    (await databaseProbe()()) &&
    (await services().then(
      () => true,
      () => false,
    ));
  return Response.json(
    { status: isReady ? "ok" : "unavailable" },
    { status: isReady ? 200 : 503, headers: { "cache-control": "no-store" } },
  );
}
