import { randomUUID } from "node:crypto";
import type postgres from "postgres";
import { afterAll, expect, inject, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { appendAudit, verifyAudit } from "#lib/platform/audit.ts";
import { partitionName, runChangesByMonth } from "#lib/platform/db/partitions.ts";
import { withDistrict, withOwner } from "#lib/platform/db/tx.ts";
import { uuidv7At } from "#lib/platform/testing/database.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { newDistrict, someCredentials, testServices } from "#lib/services/testing/services.ts";

const { services, close } = await testServices();
afterAll(close);

const tables = [
  "schools",
  "terms",
  "courses",
  "classrooms",
  "accounts",
  "memberships",
  "integrations",
  "source_records",
  "source_record_changes",
  "sync_runs",
  "issues",
  "closed_issues",
  "run_changes",
  "match_decisions",
  "class_decisions",
  "kept_values",
  "record_edits",
  "audit_entries",
  "blackouts",
  "incidents",
  "notices",
  "deliveries",
  "notice_choices",
  "webhook_endpoints",
  "school_days",
  "turned_classrooms",
  "retention_holds",
  "barred_ids",
  "issue_acknowledgements",
  "sessions",
  "password_links",
  "api_clients",
  "api_rates",
  "api_answers",
  "authenticator_apps",
  "passkeys",
  "recovery_codes",
  "identity_providers",
  "identities",
  "identity_domains",
  "identity_requests",
  "audit_cursors",
  "act_rates",
  "views",
  "viewed_people",
];

/** Whether this runs on three nodes of Citus: `npm run test:citus`. */
const isOnCitus = inject("citusWorkerUrls").length > 0;

async function two() {
  const mine = operatorScope(await newDistrict(services.db));
  const theirs = operatorScope(await newDistrict(services.db));
  for (const scope of [mine, theirs])
    await addIntegration(services, scope, { name: "SIS", provider: "oneroster-csv", credentials: someCredentials });
  return { mine, theirs };
}

test("every table of a district is under row-level security, and the application's role owns none", async () => {
  const rows = await services.db.sql`
    select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and (not relrowsecurity or pg_get_userbyid(relowner) = 'aivo_app')`;
  expect(rows.map((row) => row.relname)).toEqual([]);
});

test("a partition is read through its parent alone, and the parent shows the own district", async () => {
  const { mine, theirs } = await two();
  for (const { districtId } of [mine, theirs])
    await services.db.sql`
      insert into run_changes (district_id, run_id, entity, action, record_id, reason)
      select ${districtId}, id, 'learner', 'created', uuidv7(), 'new in the SIS' from unnest(array[uuidv7(), ${services.db.sql.unsafe(uuidv7At("now() - interval '30 years'"))}]) id`;
  const partitions = (
    await services.db.sql<{ name: string; rows: number }[]>`
      select regexp_replace(c.tableoid::regclass::text, '_\\d{6,}$', '') as name, count(*)::int as rows from run_changes c
      where district_id in (${mine.districtId}, ${theirs.districtId}) group by 1 order by 1`
  ).map(({ name, rows }) => ({ name, rows }));
  expect(partitions).toEqual([
    { name: partitionName(runChangesByMonth, new Date()), rows: 2 },
    { name: "run_changes_default", rows: 2 },
  ]);
  for (const { name } of partitions)
    for (const statement of [
      `select from ${name}`,
      `delete from ${name}`,
      `update ${name} set reason = ''`,
      `insert into ${name} default values`,
    ])
      await expect(withDistrict(services.db, mine, (tx) => tx.sql.unsafe(statement))).rejects.toMatchObject({ code: "42501" });
  const shown = await withDistrict(services.db, mine, (tx) => tx.sql`select district_id from run_changes`);
  expect(shown.map((row) => row.district_id)).toEqual([mine.districtId, mine.districtId]);
  // Even one to whom a partition was granted by mistake sees nothing in it.
  await services.db.sql.begin(async (sql) => {
    await sql`grant select on run_changes_default to aivo_app`;
    await sql`set local role aivo_app`;
    expect(await sql`select from run_changes_default`).toHaveLength(0);
    await sql`reset role`;
    await sql`revoke select on run_changes_default from aivo_app`;
  });
});

test("without a condition, a query sees its own district only", async () => {
  const { mine } = await two();
  await withDistrict(services.db, mine, async (tx) => {
    expect(await tx.sql`select id from districts`).toEqual([{ id: mine.districtId }]);
    for (const table of tables) {
      const [row] = await tx.sql`select count(*)::int as strangers from ${tx.sql(table)} where district_id <> ${mine.districtId}`;
      expect(row?.strangers).toBe(0);
    }
    expect(await tx.sql`select id from integrations`).toHaveLength(1);
  });
});

test("another district's rows can be neither written nor changed", async () => {
  const { mine, theirs } = await two();
  await withDistrict(services.db, mine, async (tx) => {
    const changed = await tx.sql`update integrations set name = 'mine now' where district_id = ${theirs.districtId}`;
    expect(changed.count).toBe(0);
  });
  const write = withDistrict(
    services.db,
    mine,
    (tx) => tx.sql`insert into schools (district_id, name) values (${theirs.districtId}, 'Theirs')`,
  );
  await expect(write).rejects.toMatchObject({ code: "42501" });
  const move = withDistrict(services.db, mine, (tx) => tx.sql`update integrations set district_id = ${theirs.districtId}`);
  // Citus lets nobody change what a row is distributed by.
  await expect(move).rejects.toMatchObject({ code: isOnCitus ? "0A000" : "42501" });
});

test.each([
  ["delete", "delete from accounts"],
  ["throttles", "select * from sign_in_throttles"],
  ["sprays", "select * from sign_in_sprays"],
  ["destinations of the audit log", "select * from audit_destinations"],
  ["cursors of the audit log", "update audit_cursors set seq = 0"],
  ["new tables", "create table x (y int)"],
  ["audit update", "update audit_entries set action = 'signed-out'"],
  ["audit delete", "delete from audit_entries"],
  ["audit truncate", "truncate audit_entries"],
])("the application's role is refused: %s", async (_, statement) => {
  const { mine } = await two();
  await expect(withDistrict(services.db, mine, (tx) => tx.sql.unsafe(statement))).rejects.toMatchObject({ code: "42501" });
});

// On Citus there is no such trigger (lib/platform/db/citus/distribute.ts): the chain shows what an owner did.
test.runIf(!isOnCitus)("even the owner cannot change an audit entry by accident", async () => {
  const { mine } = await two();
  await expect(
    withOwner(services.db, mine.districtId, (tx) => tx.sql`delete from audit_entries where district_id = ${mine.districtId}`),
  ).rejects.toMatchObject({ code: "42501" });
});

test("a job can be asked for in the own district, and the role is as it was afterwards", async () => {
  const { mine } = await two();
  await withDistrict(services.db, mine, async (tx) => {
    const [before] = await tx.sql`select current_user as role`;
    await services.jobs.send(tx, "sync-run", { districtId: mine.districtId, runId: randomUUID() });
    expect(await tx.sql`select current_user as role`).toEqual([before]);
    expect(before?.role).toBe(isOnCitus ? "aivo_app" : "aivo_district");
  });
});

/** Each as somebody would who has the database's superuser and switches the trigger off. */
const tamperings: Record<string, (sql: postgres.TransactionSql, district: string) => postgres.PendingQuery<postgres.Row[]>[]> = {
  "an entry changed": (sql, district) => [
    sql`update audit_entries set details = '{"outcome": "passed"}' where district_id = ${district} and seq = 2`,
  ],
  "an entry taken out": (sql, district) => [sql`delete from audit_entries where district_id = ${district} and seq = 2`],
  "an entry put in": (sql, district) => [
    sql`insert into audit_entries select district_id, 6, at, actor_kind, actor_id, action, target_kind, target_id, details, previous_hash, hash
      from audit_entries where district_id = ${district} and seq = 5`,
  ],
  "two entries exchanged": (sql, district) => [
    sql`update audit_entries set seq = -2 where district_id = ${district} and seq = 2`,
    sql`update audit_entries set seq = 2 where district_id = ${district} and seq = 3`,
    sql`update audit_entries set seq = 3 where district_id = ${district} and seq = -2`,
  ],
};
test.each(Object.entries(tamperings))("the chain of the audit log shows %s", async (_, tamper) => {
  const scope = operatorScope(await newDistrict(services.db));
  const event = (outcome: string) =>
    ({ actor: scope.actor, action: "connection-tested", target: { kind: "integration", id: null }, details: { outcome } }) as const;
  await Promise.all(
    Array.from({ length: 5 }, (_, index) => withDistrict(services.db, scope, (tx) => appendAudit(tx, event(`failed ${index}`)))),
  );
  expect(await withDistrict(services.db, scope, verifyAudit)).toEqual({ entries: 5, brokenAt: null });
  await services.db.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    for (const statement of tamper(sql, scope.districtId)) await statement;
  });
  expect(await withDistrict(services.db, scope, verifyAudit)).toMatchObject({ brokenAt: expect.any(Number) });
});
