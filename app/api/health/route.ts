import { databaseProbe } from "#app/services.ts";

/** For balancers: 200 while this process reaches its database, within seconds either way. Asks over a connection of its own. */
export async function GET(): Promise<Response> {
  if (await databaseProbe()()) return Response.json({ status: "ok" });
  return Response.json({ status: "unavailable", missing: "database" }, { status: 503 });
}
