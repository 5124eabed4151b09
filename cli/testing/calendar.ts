import type { Database } from "#lib/platform/db/client.ts";

/** Test-only: lets days pass for a district whose syncs the test runs one after the other, by moving what has happened into the past. */
export async function letDaysPass({ sql }: Database, districtId: string, days: number): Promise<void> {
  const ago = `${days} days`;
  await sql`update sync_runs set queued_at = queued_at - ${ago}::interval, started_at = started_at - ${ago}::interval,
    finished_at = finished_at - ${ago}::interval where district_id = ${districtId}`;
  await sql`update accounts set created_at = created_at - ${ago}::interval, deactivated_at = deactivated_at - ${ago}::interval
    where district_id = ${districtId}`;
}
