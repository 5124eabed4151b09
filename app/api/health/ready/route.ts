import { databaseProbe, services } from "#app/services.ts";

/**
 * For balancers: 200 while this process could answer people; otherwise what is missing: its database does not answer, or its services are not open,
 * of which the log says why.
 */
export async function GET(): Promise<Response> {
  const missing = await whatIsMissing();
  return Response.json(missing === null ? { status: "ok" } : { status: "unavailable", missing }, {
    status: missing === null ? 200 : 503,
    headers: { "cache-control": "no-store" },
  });
}

async function whatIsMissing(): Promise<"database" | "services" | null> {
  if (!(await databaseProbe()())) return "database";
  return services().then(
    () => null,
    () => "services",
  );
}
