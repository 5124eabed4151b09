import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { integrationState, mirrorOf } from "#lib/engine/testing/taken-back.ts";
import { operatorScope } from "#lib/platform/access.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { exportRoster } from "#lib/services/roster-export/export.ts";
import type { Services } from "#lib/services/services.ts";

export interface Snapshot {
  /** Each record with all of its columns, by its id. */
  readonly roster: ReadonlyMap<string, Record<string, unknown>>;
  /** The integration's rows of the mirror. */
  readonly mirror: ReadonlyMap<string, Record<string, unknown>>;
  /** What is open, whichever run it was shown by first. */
  readonly issues: readonly string[];
  readonly integration: Record<string, unknown>;
  /** The files of an export, one after the other. */
  readonly exported: string;
}

const tables = ["schools", "terms", "courses", "classrooms", "accounts", "memberships"];

/** Test-only: all that an undo has to bring back. */
export async function takeSnapshot(services: Services, districtId: string, integrationId: string, folder: string): Promise<Snapshot> {
  const { sql } = services.db;
  const rows = await sql.unsafe<{ id: string; row: Record<string, unknown> }[]>(
    tables.map((table) => `select id, to_jsonb(t) as row from ${table} t where district_id = '${districtId}'`).join(" union all "),
  );
  const [stored] = await sql`select config from integrations where id = ${integrationId}`;
  const open = await sql<{ issue: string }[]>`
    select concat_ws(' ', code, severity, collection, key, field, opened_run_id) as issue from issues
    where integration_id = ${integrationId} order by 1`;
  return {
    roster: new Map(rows.map(({ id, row }) => [id, row])),
    mirror: await mirrorOf(sql, integrationId),
    issues: open.map(({ issue }) => issue),
    integration: { ...(await integrationState(sql, integrationId)), config: stored?.config },
    exported: await exportedRoster(services, districtId, folder),
  };
}

/** Test-only: the files of an export of the roster, one after the other. */
export async function exportedRoster(services: Services, districtId: string, folder: string): Promise<string> {
  await exportRoster(services, operatorScope(districtId), folder, null);
  const files = (await readdir(folder)).sort();
  return (await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")))).join("\n");
}

/** Test-only: what resuming an integration does, without the services. */
export async function resumeNow(db: Database, districtId: string, integrationId: string): Promise<void> {
  await db.sql`update districts set roster_revision = roster_revision + 1 where id = ${districtId}`;
  await db.sql`
    update integrations set state = 'active', paused_by_run_id = null, source_version = source_version + 1
    where district_id = ${districtId} and id = ${integrationId}`;
  await db.sql`update integrations set planned_with = null where district_id = ${districtId} and id <> ${integrationId}`;
}

/** Test-only: references to what is not there, and records whose state no link accounts for. */
export async function brokenRules(db: Database, districtId: string): Promise<string[]> {
  const of = (table: string) => `(select * from ${table} where district_id = '${districtId}')`;
  const has = (table: string, id: string) => `exists (select from ${of(table)} h where h.id = ${id})`;
  const mirror = `(select * from source_records where district_id = '${districtId}')`;
  const rows = await db.sql.unsafe<{ rule: string }[]>(`
    select 'membership without person or classroom' as rule from ${of("memberships")} m
    where not ${has("accounts", "m.account_id")} or not ${has("classrooms", "m.classroom_id")}
    union all
    select 'classroom without its school, course or term' from ${of("classrooms")} c
    where not ${has("schools", "c.school_id")} or c.course_id is not null and not ${has("courses", "c.course_id")}
      or exists (select from unnest(c.term_ids) t where not ${has("terms", "t")})
    union all
    select 'person of no school' from ${of("accounts")} a, unnest(a.school_ids) s where not ${has("schools", "s")}
    union all
    select 'row that leads nowhere: ' || collection || ' ' || external_id from ${mirror} m
    where m.record_id is not null
      and not exists (${tables.map((table) => `select from ${table} h where h.district_id = m.district_id and h.id = m.record_id`).join(" union all ")})
    union all
    ${["schools", "terms", "courses", "classrooms", "accounts"]
      .map(
        (table) => `
    select '${table}: active, and no integration has it' from ${of(table)} e
    where e.status = 'active'
      ${table === "accounts" ? "and e.role <> 'admin' and e.given_name <> 'Manual'" : ""}
      and exists (select from ${mirror} l where l.record_id = e.id)
      and not exists (select from ${mirror} l where l.record_id = e.id and l.rostered)
    union all
    select '${table}: deactivated, and an integration has it' from ${of(table)} e
    where e.status = 'deactivated' ${table === "accounts" ? "and e.deactivated_by = 'sync'" : ""}
      and exists (select from ${mirror} l where l.record_id = e.id and l.rostered and l.fate = 'rostered')`,
      )
      .join(" union all ")}`);
  return rows.map(({ rule }) => rule);
}
