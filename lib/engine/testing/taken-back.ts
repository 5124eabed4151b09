import type postgres from "postgres";
import type { Database } from "#lib/platform/db/client.ts";

type Sql = Database["sql"] | postgres.TransactionSql;

/** Test-only: the integration's part of the mirror, a row by its collection and id, with all of its columns. */
export async function mirrorOf(sql: Sql, integrationId: string): Promise<Map<string, Record<string, unknown>>> {
  const rows = await sql<{ key: string; row: Record<string, unknown> }[]>`
    select collection || ' ' || external_id as key, to_jsonb(m) as row from source_records m
    where integration_id = ${integrationId} order by 1`;
  return new Map(rows.map(({ key, row }) => [key, row]));
}

/**
 * Test-only: takes the mirror of a run's integration back to what it was before the run, by what the tables have alone. The run is the latest
 * of its integration that was applied and was not taken back.
 */
export async function takeMirrorBack(sql: Sql, runId: string): Promise<void> {
  const keys = ["district_id", "integration_id", "collection", "external_id"];
  const [run] = await sql<{ district: string; integration: string; columns: string[] }[]>`
    select district_id as district, integration_id as integration, array(
      select attname::text from pg_attribute where attrelid = 'source_records'::regclass and attnum > 0 and not attisdropped) as columns
    from sync_runs where id = ${runId} and before is not null`;
  if (!run) throw new Error("the run cannot be taken back");
  const ours = sql`m.district_id = ${run.district} and m.integration_id = ${run.integration}`;
  const kept = sql`c.district_id = ${run.district} and c.run_id = ${runId}`;
  const others = run.columns.filter((column) => !keys.includes(column));
  const columns = sql.unsafe(others.join(", "));
  const before = sql.unsafe(others.map((column) => `r.${column}`).join(", "));
  await sql`
    delete from source_records m
    where ${ours} and m.run_id = ${runId} and not exists (
      select from source_record_changes c where ${kept} and c.collection = m.collection and c.external_id = m.external_id)`;
  await sql`
    update source_records m set (${columns}) = (select ${before} from jsonb_populate_record(m, c.before) r)
    from source_record_changes c
    where ${ours} and ${kept} and c.collection = m.collection and c.external_id = m.external_id`;
  await sql`
    insert into source_records (${sql.unsafe(keys.join(", "))}, ${columns})
    select c.district_id, ${run.integration}, c.collection, c.external_id, ${before}
    from source_record_changes c cross join jsonb_populate_record(null::source_records, c.before - ${keys}::text[]) r
    where ${kept} and 'gone' = any (c.changes)`;
}

/** Test-only: what an applied run writes to its integration. */
export async function integrationState(sql: Sql, integrationId: string): Promise<Record<string, unknown>> {
  const [row] = await sql`
    select cursor, carried, planned_with as "plannedWith", config -> 'learned' as learned, source_identity as "sourceIdentity",
      oneroster_version as "onerosterVersion", planned_on::text as "plannedOn"
    from integrations where id = ${integrationId}`;
  return { ...row };
}
