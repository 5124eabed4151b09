import type { Readable } from "node:stream";
import type postgres from "postgres";
import type { DistrictScope, ReachScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { type CsvCell, csvLine } from "#lib/platform/csv/write.ts";
import { timeOfUuidv7 } from "#lib/platform/db/partitions.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { type ZipEntry, zipStream } from "#lib/platform/zip.ts";
import type { Services } from "#lib/services/services.ts";
import { withinReach } from "#lib/services/within-reach.ts";
import { secretColumns } from "./secret-columns.ts";

type Query = (tx: Tx, id: string) => postgres.PendingQuery<postgres.Row[]>;
interface Part {
  readonly name: string;
  /** Rows in their order, the same each time they are asked for: the last columns are unique. */
  readonly query: Query;
}

/** So many rows are held at a time. */
const atOnce = 500;
const hidden = [...secretColumns, "district_id"];

/** The mirror's rows of the person, of their roles, and of their memberships. */
const isTheirs = (tx: Tx, id: string) => tx.sql`
  (l.collection = 'users' and l.record_id = ${id}
    or l.collection = 'roles' and (l.integration_id, l.person_external_id) in (
      select u.integration_id, u.external_id from source_records u
      where u.district_id = ${tx.districtId} and u.collection = 'users' and u.record_id = ${id})
    or l.collection = 'enrollments' and l.record_id in (
      select m.id from memberships m where m.district_id = ${tx.districtId} and m.account_id = ${id}))`;

/** What Aivo has about one person. A table that comes to have more is added here, and in erase-traces.ts or purge-accounts.ts. */
const parts: readonly Part[] = [
  {
    name: "account",
    query: (tx, id) => tx.sql`
      select to_jsonb(a) - ${hidden}::text[] || jsonb_build_object(
        'schools', (
          select jsonb_agg(s.name order by s.name) from schools s where s.district_id = a.district_id and s.id = any (a.school_ids)),
        'has_password', a.password_hash is not null) as row
      from accounts a
      where a.district_id = ${tx.districtId} and a.id = ${id}`,
  },
  {
    name: "memberships",
    query: (tx, id) => tx.sql`
      select to_jsonb(m) - 'district_id'::text || jsonb_build_object('classroom', c.name, 'classroom_code', c.code, 'school', s.name) as row
      from memberships m
      left join classrooms c on c.district_id = m.district_id and c.id = m.classroom_id
      left join schools s on s.district_id = c.district_id and s.id = c.school_id
      where m.district_id = ${tx.districtId} and m.account_id = ${id}
      order by m.id`,
  },
  {
    name: "sessions",
    query: (tx, id) => tx.sql`
      select to_jsonb(s) - ${hidden}::text[] as row from sessions s
      where s.district_id = ${tx.districtId} and s.account_id = ${id}
      order by s.id`,
  },
  {
    name: "second-factors",
    query: (tx, id) => tx.sql`
      select row from (
        select to_jsonb(p) - ${hidden}::text[] as row, 1 as place, '' as by from authenticator_apps p
        where p.district_id = ${tx.districtId} and p.account_id = ${id}
        union all
        select to_jsonb(p) - ${hidden}::text[], 2, p.id::text from passkeys p
        where p.district_id = ${tx.districtId} and p.account_id = ${id}
        union all
        select jsonb_build_object('recovery_codes_left', count(*)), 3, '' from recovery_codes c
        where c.district_id = ${tx.districtId} and c.account_id = ${id} having count(*) > 0) each
      order by place, by`,
  },
  {
    name: "own-accounts",
    query: (tx, id) => tx.sql`
      select to_jsonb(i) - 'district_id'::text as row from identities i
      where i.district_id = ${tx.districtId} and i.account_id = ${id}
      order by i.provider_id`,
  },
  {
    name: "edits",
    query: (tx, id) => tx.sql`
      select to_jsonb(e) - 'district_id'::text as row from record_edits e
      where e.district_id = ${tx.districtId} and e.record_id = ${id}
      order by e.seq`,
  },
  {
    name: "kept-values",
    query: (tx, id) => tx.sql`
      select to_jsonb(k) - 'district_id'::text as row from kept_values k
      where k.district_id = ${tx.districtId} and k.record_id = ${id}
      order by k.field`,
  },
  {
    name: "what-each-sis-said",
    query: (tx, id) => tx.sql`
      select jsonb_strip_nulls(to_jsonb(l) - array['district_id', 'hash']) || jsonb_build_object('integration', i.name) as row
      from source_records l
      join integrations i on i.district_id = l.district_id and i.id = l.integration_id
      where l.district_id = ${tx.districtId} and ${isTheirs(tx, id)}
      order by l.collection, l.integration_id, l.external_id`,
  },
  {
    name: "changes-by-syncs",
    query: (tx, id) => tx.sql`
      select to_jsonb(c) - array['district_id', 'lifecycle']
        || jsonb_build_object('integration', i.name, 'sync', r.number, 'ended_at', r.finished_at) as row
      from run_changes c
      join sync_runs r on r.district_id = c.district_id and r.id = c.run_id
      join integrations i on i.district_id = r.district_id and i.id = r.integration_id
      where c.district_id = ${tx.districtId} and c.record_id in (
        select ${id}::uuid
        union all select m.id from memberships m where m.district_id = ${tx.districtId} and m.account_id = ${id})
      order by c.run_id, c.seq`,
  },
  {
    name: "issues",
    query: (tx, id) => tx.sql`
      select to_jsonb(x) - 'district_id'::text as row
      from (
        select i.district_id, i.seq, i.code, i.severity, i.collection, i.integration_id, i.external_id, i.field, i.value, i.kept, i.opened_at,
          null::timestamptz as closed_at, i.record_ids, i.key
        from issues i where i.district_id = ${tx.districtId}
        union all
        select i.district_id, i.seq, i.code, i.severity, i.collection, i.integration_id, i.external_id, i.field, i.value, i.kept, i.opened_at,
          i.closed_at, i.record_ids, i.key
        from closed_issues i where i.district_id = ${tx.districtId}) x
      where x.record_ids @> array[${id}]::uuid[]
        or (x.integration_id, x.collection, x.key) in (
          select l.integration_id, l.collection, l.external_id from source_records l
          where l.district_id = ${tx.districtId} and ${isTheirs(tx, id)})
      order by x.seq, x.integration_id`,
  },
  {
    name: "decisions",
    query: (tx, id) => tx.sql`
      select row from (
        select to_jsonb(d) - 'district_id'::text as row, 1 as place, d.external_id as by
        from match_decisions d where d.district_id = ${tx.districtId} and d.account_id = ${id}
        union all
        select to_jsonb(w) - 'district_id'::text, 2, w.external_id || w.field
        from withheld_records w where w.district_id = ${tx.districtId} and w.record_id = ${id}
        union all
        select to_jsonb(h) - 'district_id'::text, 3, ''
        from retention_holds h where h.district_id = ${tx.districtId} and h.account_id = ${id}) each
      order by place, by`,
  },
  {
    name: "who-looked",
    query: (tx, id) => tx.sql`
      select to_jsonb(v) - array['district_id', 'fingerprint']
        || jsonb_build_object('at', ${tx.sql.unsafe(timeOfUuidv7("v.id"))}, 'name', coalesce(trim(a.given_name || ' ' || a.family_name), k.name)) as row
      from views v
      left join accounts a on a.district_id = v.district_id and a.id = v.actor_id
      left join api_clients k on k.district_id = v.district_id and k.id = v.actor_id
      where v.district_id = ${tx.districtId} and (v.everyone or v.id in (
        select p.view_id from viewed_people p where p.district_id = ${tx.districtId} and p.person_id = ${id}))
      order by v.id`,
  },
  {
    name: "audit-log",
    query: (tx, id) => tx.sql`
      select to_jsonb(e) - array['district_id', 'previous_hash', 'hash'] as row from audit_entries e
      where e.district_id = ${tx.districtId} and (e.target_kind = 'account' and e.target_id = ${id} or e.actor_id = ${id}::uuid)
      order by e.seq`,
  },
];

/**
 * Everything that Aivo has about one person (sign-ins are entries of the audit log), as an archive: of each part a JSON and a CSV file. It is
 * read as fast as the reader takes it, and nothing of the database is held meanwhile. In the audit log before the first byte leaves.
 * @throws ServiceError `not-found`
 */
export async function exportPerson(services: Pick<Services, "db" | "now">, reach: ReachScope<"export">, id: string): Promise<Readable> {
  const scope = await withinReach(services, reach, "users", { recordId: id });
  await withDistrict(services.db, scope, async (tx) => {
    const [found] = isUuid(id) ? await tx.sql`select from accounts where district_id = ${tx.districtId} and id = ${id}` : [];
    if (!found) throw new ServiceError("not-found", "There is no such person.");
    const target = { kind: "account", id };
    await appendAudit(tx, { actor: scope.actor, action: "account-exported", target }, services.now());
  });
  const entries = parts.flatMap((part): ZipEntry[] => [
    { name: `${part.name}.json`, text: () => asJson(pages(services, scope, part.query, id)) },
    { name: `${part.name}.csv`, text: () => asCsv(pages(services, scope, part.query, id)) },
  ]);
  return zipStream(entries, services.now());
}

type Row = Readonly<Record<string, unknown>>;

async function* pages(
  services: Pick<Services, "db">,
  scope: DistrictScope<"export">,
  query: Query,
  id: string,
): AsyncGenerator<readonly Row[]> {
  for (let offset = 0; ; offset += atOnce) {
    const rows = await withDistrict(
      services.db,
      scope,
      (tx) => tx.sql<{ row: Row }[]>`select row from (${query(tx, id)}) q offset ${offset} limit ${atOnce}`,
    );
    if (rows.length > 0) yield rows.map(({ row }) => row);
    if (rows.length < atOnce) return;
  }
}

async function* asJson(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<string> {
  let before = "[\n";
  for await (const rows of batches)
    for (const row of rows) {
      yield before + JSON.stringify(row);
      before = ",\n";
    }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}

/** The columns are those of the first row; what a later one has beside them is in the JSON file. */
async function* asCsv(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<string> {
  let columns: readonly string[] | null = null;
  for await (const rows of batches) {
    if (columns === null) {
      columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
      yield `\uFEFF${csvLine(columns, "forPeople")}`;
    }
    for (const row of rows)
      yield csvLine(
        columns.map((column) => cellOf(row[column])),
        "forPeople",
      );
  }
}

export function cellOf(value: unknown): CsvCell {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? JSON.stringify(value) : (value as CsvCell);
}
