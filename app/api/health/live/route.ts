/** For whoever restarts processes: 200 as long as this one answers at all, whatever its database does. */
export async function GET(): Promise<Response> {
  return Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });
}
