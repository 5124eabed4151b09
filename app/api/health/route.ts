import { services } from "#app/services.ts";

/** For balancers: 200 while this process reaches its database. */
export async function GET(): Promise<Response> {
  try {
    const { db } = await services();
    await db.sql`select 1`;
    return Response.json({ status: "ok" });
  } catch {
    return Response.json({ status: "unavailable" }, { status: 503 });
  }
}
