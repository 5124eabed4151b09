import { createHash, randomBytes, randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { operatorScope, requireReach } from "#lib/platform/access.ts";
import { newDistrict, testDatabase } from "#lib/platform/testing/database.ts";
import { schoolRole } from "./app-role.ts";
import { openDatabase } from "./client.ts";
import { migrate } from "./migrate.ts";
import { districtRole, keeperRole } from "./roles.ts";
import { leaseStaging, releaseStaging } from "./staging-pool.ts";
import { withDistrict, withOwner } from "./tx.ts";

/**
 * What aivo_district, aivo_keeper and aivo_school may: S select, I insert, U update, D delete; of aivo_school nothing where nothing is said. A new table
 * of a migration stands here, too, or this test says what it was given.
 */
const rights: Readonly<Record<string, string>> = {
  "SIU SIUD": "public.act_rates public.sync_runs",
  "S SIUD": "public.audit_cursors",
  "SIU SIUD S":
    "public.accounts public.classrooms public.courses public.integrations public.memberships public.school_days public.schools public.terms public.turned_classrooms",
  "SIUD SIUD":
    "public.api_answers public.api_clients public.api_rates public.authenticator_apps public.authorization_requests public.barred_ids public.blackouts public.class_decisions public.closed_issues public.deliveries public.identities public.identity_domains public.identity_providers public.identity_requests public.incidents public.issue_acknowledgements public.match_decisions public.notice_choices public.notices public.passkeys public.password_links public.recovery_codes public.retention_holds public.run_changes public.sessions public.source_record_changes public.webhook_endpoints",
  "SIUD SIUD S": "public.issues public.kept_values public.source_records public.withheld_records",
  "SI SIUD": "public.record_edits public.viewed_people public.views",
  "SI SI": "public.audit_entries",
  "SU SU S": "public.districts",
  "SID SIUD":
    "waiting.classes waiting.courses waiting.ended_links waiting.enrollments waiting.issue_news waiting.kept_news waiting.orgs waiting.plan_account waiting.plan_classroom waiting.plan_course waiting.plan_membership waiting.plan_school waiting.plan_term waiting.plans waiting.roles waiting.sessions waiting.set_aside waiting.status_changes waiting.suspended waiting.users waiting.waiting waiting.withheld",
  "S S": "staging.sets pgboss.queue",
  "SIU SIU": "pgboss.job pgboss.job_common",
};
const expectedRights = Object.fromEntries(
  Object.entries(rights).flatMap(([right, names]) => names.split(" ").map((name) => [name, right])),
);

/** Triggers, and what runs with the rights of whoever calls it. uuidv7 stands in for PostgreSQL's before 18. */
const expectedFunctions = [
  "entry.moment",
  "entry.district",
  "uuidv7",
  "number_sync_run",
  "audit_entries_are_final",
  "is_told_of",
  "pgboss.job_now",
  "pgboss.job_table_format",
  "pgboss.job_table_run",
  "pgboss.job_table_run_async",
  "pgboss.create_queue",
  "pgboss.delete_queue",
];

/** Citus knows no such roles (lib/platform/db/citus/distribute.ts). */
const isOnCitus = inject("citusWorkerUrls").length > 0;

/** What signs in, and what it can become. */
const roles = [districtRole, keeperRole, schoolRole];

describe.skipIf(isOnCitus)("whoever signs in as aivo_district", () => {
  const database = isOnCitus ? null : testDatabase();
  let db: Awaited<ReturnType<typeof testDatabase>>["db"];
  let sql: postgres.Sql;
  let mine: string;
  let theirs: string;

  beforeAll(async () => {
    const made = await database;
    if (!made?.districtUrl || !made.db.entrance) throw new Error("there is no such role");
    db = made.db;
    sql = made.db.entrance.sql;
    [mine, theirs] = [await newDistrict(db), await newDistrict(db)];
    for (const district of [mine, theirs]) await db.sql`insert into schools (district_id, name) values (${district}, 'North')`;
  });
  afterAll(async () => (await database)?.close());

  test("owns nothing, may nothing by itself, and can become a keeper, or a reader of schools, alone", async () => {
    const owned = await db.sql`
      select 'relation' as what, relname::text as name from pg_class where pg_get_userbyid(relowner) in ${db.sql(roles)}
      union all select 'function', proname from pg_proc where pg_get_userbyid(proowner) in ${db.sql(roles)}
      union all select 'schema', nspname from pg_namespace where pg_get_userbyid(nspowner) in ${db.sql(roles)}
      union all select 'type', typname from pg_type where pg_get_userbyid(typowner) in ${db.sql(roles)}
      union all select 'database', datname from pg_database where pg_get_userbyid(datdba) in ${db.sql(roles)}`;
    expect([...owned]).toEqual([]);
    const powers = await db.sql`
      select rolname as name, rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls as "hasPower", rolinherit as inherits from pg_roles
      where rolname in ${db.sql(roles)} order by 1`;
    expect([...powers]).toEqual([
      { name: districtRole, hasPower: false, inherits: false },
      { name: keeperRole, hasPower: false, inherits: true },
      { name: schoolRole, hasPower: false, inherits: true },
    ]);
    const memberships = await db.sql`
      select r.rolname as role from pg_auth_members m join pg_roles r on r.oid = m.roleid
      where m.member in (select oid from pg_roles where rolname in ${db.sql(roles)}) order by 1`;
    expect([...memberships]).toEqual([{ role: keeperRole }, { role: schoolRole }]);
  });

  test("has of every table, view, sequence and partition what stands in the list, and of nothing else anything", async () => {
    const rows = await db.sql<{ name: string; role: string; rights: string }[]>`
      select n.nspname || '.' || c.relname as name, r.role, string_agg(left(p.privilege, 1), '' order by p.at) as rights
      from pg_class c join pg_namespace n on n.oid = c.relnamespace, unnest(${roles}::text[]) r (role),
        unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) with ordinality p (privilege, at)
      where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
        and not (n.nspname = 'staging' and c.relname like 'set%\\_%')
        and (has_table_privilege(r.role, c.oid, p.privilege) or p.privilege not in ('DELETE', 'TRUNCATE', 'TRIGGER') and has_any_column_privilege(r.role, c.oid, p.privilege))
      group by 1, 2`;
    const found: Record<string, string> = {};
    for (const name of new Set(rows.map((row) => row.name))) {
      const of = (role: string) => rows.find((row) => row.name === name && row.role === role)?.rights ?? "";
      found[name] = roles.map(of).join(" ").trimEnd();
    }
    expect(found).toEqual(expectedRights);
    const sequences = await db.sql<{ name: string }[]>`
      select schemaname || '.' || sequencename as name from pg_sequences
      where has_sequence_privilege(${districtRole}, format('%I.%I', schemaname, sequencename), 'USAGE, SELECT, UPDATE') order by 1`;
    expect(sequences.map(({ name }) => name)).toEqual(["public.issues_seq_seq", "public.run_changes_seq_seq", "staging.record_ids"]);
    const schemas = await db.sql<{ name: string }[]>`
      select nspname as name from pg_namespace, unnest(${roles}::text[]) r (role) where has_schema_privilege(role, oid, 'CREATE')`;
    expect([...schemas]).toEqual([]);
  });

  test("may call what stands in the list, and nothing that runs as somebody else but to be told its district", async () => {
    const rows = await db.sql<{ name: string; isDefiner: boolean }[]>`
      select p.oid::regprocedure::text as name, prosecdef as "isDefiner" from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname not in ('pg_catalog', 'information_schema') and has_schema_privilege(${districtRole}, n.oid, 'USAGE')
        and has_function_privilege(${districtRole}, p.oid, 'EXECUTE')`;
    const isExtra = (name: string) => !expectedFunctions.includes(name.replace(/\(.*/, ""));
    expect(rows.map(({ name }) => name).filter(isExtra)).toEqual([]);
    expect(rows.filter(({ isDefiner }) => isDefiner).map(({ name }) => name)).toEqual(["entry.district()"]);
  });

  test("row-level security is forced on every table that has districts' rows, with a policy each for the owner and for who has entered", async () => {
    const open = await db.sql<{ name: string }[]>`
      select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname in ('public', 'waiting', 'staging') and not (n.nspname = 'staging' and c.relname like 'set%\\_%')
        and not (c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'owner'))`;
    expect([...open]).toEqual([]);
    const policies = await db.sql<{ check: string }[]>`
      select distinct pg_get_expr(polqual, polrelid) as check from pg_policy
      where polroles && array[${districtRole}::regrole::oid, ${keeperRole}::regrole::oid, 0::oid] order by 1`;
    expect(policies.map(({ check }) => check.replaceAll(/\s+/g, " "))).toEqual([
      "((data ->> 'districtId'::text) = (( SELECT entry.district() AS district))::text)",
      "(district_id = ( SELECT entry.district() AS district))",
      "(id = ( SELECT entry.district() AS district))",
    ]);
    const forSchools = await db.sql<{ name: string; narrows: string[] }[]>`
      select polrelid::regclass::text as name, coalesce(array_agg(pg_get_expr(polqual, polrelid)) filter (where not polpermissive), '{}') as narrows
      from pg_policy where ${schoolRole}::regrole = any(polroles) group by 1`;
    expect(forSchools.length).toBeGreaterThan(10);
    for (const { name, narrows } of forSchools) {
      const key = name === "districts" ? "id" : "district_id";
      expect(
        narrows.map((check) => check.replaceAll(/\s+/g, " ")),
        name,
      ).toEqual([`((SESSION_USER <> '${districtRole}'::name) OR (${key} = ( SELECT entry.district() AS district)))`]);
    }
  });

  test("sees nothing in any table before it has entered a district, and its own alone afterwards", async () => {
    const tables = await db.sql<{ name: string; key: string }[]>`
      select polrelid::regclass::text as name, case when polrelid = 'districts'::regclass then 'id' else 'district_id' end as key from pg_policy
      where polname = 'entered' and polrelid::regclass::text not like 'pgboss%'`;
    expect(tables.length).toBeGreaterThan(50);
    for (const { name } of tables) expect(await sql.unsafe(`select from ${name} limit 1`), name).toHaveLength(0);
    for (const role of [districtRole, keeperRole])
      await withDistrict(db, operatorScope(mine), async (tx) => {
        await tx.sql.unsafe(`set local role ${role}`);
        for (const { name, key } of tables)
          expect(await tx.sql.unsafe(`select from ${name} where ${key} is distinct from '${mine}' limit 1`), name).toHaveLength(0);
        expect(await tx.sql`select name from schools`).toHaveLength(1);
        expect((await tx.sql`update schools set name = 'South' where district_id = ${theirs}`).count).toBe(0);
      });
    await expect(
      withDistrict(db, operatorScope(mine), (tx) => tx.sql`insert into schools (district_id, name) values (${theirs}, 'East')`),
    ).rejects.toMatchObject({ code: "42501" });
    await expect(withOwner(db, mine, (tx) => tx.sql`update schools set district_id = ${theirs}`)).rejects.toMatchObject({ code: "42501" });
  });

  test("reads of the schools in the district that was entered alone, whatever is set afterwards", async () => {
    const schoolOf = async (district: string) => {
      const [row] = await db.sql<{ id: string }[]>`select id from schools where district_id = ${district} order by id limit 1`;
      return row?.id ?? "";
    };
    const [own, other] = [await schoolOf(mine), await schoolOf(theirs)];
    const of = (schools: string[]) =>
      requireReach({ kind: "account", accountId: randomUUID(), districtId: mine, role: "school-admin", schools }, "read-roster");
    await withDistrict(db, of([own]), async (tx) => {
      expect(await tx.sql`select current_user as role`).toEqual([{ role: schoolRole }]);
      expect(await tx.sql`select id from schools`).toEqual([{ id: own }]);
      await tx.sql.unsafe(`set local "aivo.district_id" = '${theirs}'; set local "aivo.schools" = '${other}.${own}'`).simple();
      for (const { name } of await tx.sql<{ name: string }[]>`
        select polrelid::regclass::text as name from pg_policy where ${schoolRole}::regrole = any(polroles) group by 1`)
        expect(await tx.sql.unsafe(`select from ${name}`), name).toHaveLength(0);
    });
    await withDistrict(db, of([other]), async (tx) => expect(await tx.sql`select id from schools`).toHaveLength(0));
    await sql.begin(async (tx) => {
      await tx
        .unsafe(`set local role ${schoolRole}; set local "aivo.district_id" = '${theirs}'; set local "aivo.schools" = '${other}'`)
        .simple();
      expect(await tx`select from schools`).toHaveLength(0);
    });
  });

  test("is told its district once for a table of a statement, and finds rows by the index that begins with it", async () => {
    await withDistrict(db, operatorScope(mine), async (tx) => {
      await tx.sql`set local enable_seqscan = off`;
      const [row] = await tx.sql`explain (format json) select from schools where name = 'North'`;
      const plan = JSON.stringify(row);
      expect(plan).toMatch(/"Parent Relationship":"InitPlan"/);
      expect(plan).toMatch(/"(Index|Recheck) Cond":"\(district_id = /);
    });
  });

  /** The token of a transaction in another district, as somebody might have seen it. */
  async function seen(district: string): Promise<string> {
    return withDistrict(db, operatorScope(district), async (tx) => {
      const [row] = await tx.sql<{ token: string }[]>`select current_setting('aivo.entry') as token`;
      return row?.token ?? "";
    });
  }
  const forged = (district: string) => createHash("sha256").update(district).digest("hex");

  test.each<[string, () => string | Promise<string>]>([
    ["the token of another transaction in another district", () => seen(theirs)],
    ["the token of an earlier transaction in the own district", () => seen(mine)],
    ["a token that was made up", () => `${theirs}.${forged(theirs)}`],
    ["another district without a token", () => theirs],
    ["a token without its district", async () => (await seen(theirs)).slice(36)],
    ["what is no token", () => "'"],
  ])("is not let in by %s", async (_, token) => {
    const said = await token();
    const attempt = withDistrict(db, operatorScope(mine), async (tx) => {
      await tx.sql`select set_config('aivo.entry', ${said}, true)`;
      return tx.sql`select name from schools`;
    });
    await expect(attempt).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|22P02)$/) });
  });

  test("is not let in by things of its own that have the names of what checks a token", async () => {
    const attempt = withDistrict(db, operatorScope(mine), async (tx) => {
      await tx.sql.unsafe(`
        create temp table keys (key bytea); insert into keys values ('');
        create domain pg_temp.uuid as text; create domain pg_temp.bool as text;
        create function pg_temp.now() returns timestamptz language sql as 'select to_timestamp(0)';
        set local search_path = pg_temp, public, entry, pg_catalog;`);
      expect(await tx.sql`select name from public.schools`).toHaveLength(1);
      await tx.sql`select set_config('aivo.entry', ${`${theirs}.`}, true)`;
      return tx.sql`select name from public.schools`;
    });
    await expect(attempt).rejects.toMatchObject({ code: "42501" });
  });

  test("is not let into another district by the own token with another id, nor by the setting of before", async () => {
    const other = withDistrict(db, operatorScope(mine), async (tx) => {
      await tx.sql`select set_config('aivo.entry', ${theirs} || substr(current_setting('aivo.entry'), 37), true)`;
      return tx.sql`select name from schools`;
    });
    await expect(other).rejects.toMatchObject({ code: "42501" });
    await withDistrict(db, operatorScope(mine), async (tx) => {
      await tx.sql`select set_config('aivo.district_id', ${theirs}, true)`;
      expect(await tx.sql`select district_id from schools`).toEqual([{ district_id: mine }]);
    });
  });

  test("is in no district any more when its transaction ends, on the same connection", async () => {
    const one = openDatabase((await database)?.url ?? "", { districtUrl: (await database)?.districtUrl ?? null, districtMax: 1 });
    try {
      const token = await withDistrict(one, operatorScope(mine), async (tx) => {
        const [row] = await tx.sql<{ token: string }[]>`select current_setting('aivo.entry') as token`;
        return row?.token ?? "";
      });
      const entering = one.entrance?.sql;
      if (!entering) throw new Error("there is no entrance");
      expect(await entering`select name from schools`).toHaveLength(0);
      await expect(
        entering.begin(async (tx) => {
          await tx`select set_config('aivo.entry', ${token}, true)`;
          return tx`select name from schools`;
        }),
      ).rejects.toMatchObject({ code: "42501" });
    } finally {
      await one.close();
    }
  });

  const attempts = [
    "set local role aivo",
    "set local role aivo_app",
    "set local role pg_read_all_data",
    "set session authorization aivo",
    "select * from entry.keys",
    "select encode(key, 'hex') from entry.keys",
    "insert into entry.keys values ('a')",
    "create or replace function entry.district() returns uuid language sql as 'select null::uuid'",
    "alter function entry.district() security invoker",
    "select * from pg_authid",
    "select * from pg_shadow",
    "select pg_read_file('postgresql.conf')",
    "select pg_ls_dir('.')",
    "copy schools from program 'id'",
    "copy (select 1) to program 'id'",
    "copy (select 1) to '/tmp/aivo-was-here'",
    "select lo_import('/etc/passwd')",
    "select lo_export(1, '/tmp/aivo-was-here')",
    "create extension dblink",
    "create extension postgres_fdw",
    "create table public.x (y int)",
    "create table staging.x (y int)",
    "create function public.x() returns int language sql as 'select 1'",
    "create schema x",
    "create role x",
    "alter role aivo_district createrole",
    "alter role aivo password 'x'",
    "grant aivo to aivo_district",
    "alter table schools disable row level security",
    "alter table schools no force row level security",
    "drop policy entered on schools",
    "create policy mine on schools using (true)",
    "alter table schools owner to aivo_district",
    "truncate schools",
    "truncate staging.sets",
    "select * from sign_in_throttles",
    "select * from deleted_districts",
    "insert into districts (name, timezone) values ('x', 'UTC')",
    "delete from districts",
    "update audit_entries set action = 'x'",
    "delete from audit_entries",
    "truncate audit_entries",
    "update staging.sets set run_id = null",
    "delete from staging.sets",
    "insert into pgboss.queue select * from pgboss.queue",
    "select * from pgboss.schedule",
    "delete from pgboss.job",
    "select * from drizzle.__drizzle_migrations",
    "set local session_replication_role = replica",
    "do $$ begin execute 'set role aivo'; end $$",
    "select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user",
  ];
  test.each(attempts.flatMap((statement) => roles.map((role) => [role, statement] as const)))(
    "%s is refused: %s",
    async (role, statement) => {
      const attempt = withDistrict(db, operatorScope(mine), async (tx) => {
        await tx.sql.unsafe(`set local role ${role}`);
        return tx.sql.unsafe(statement.replaceAll(/\baivo\b(?! was)/g, owner));
      });
      await expect(attempt).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|0A000|22023)$/) });
    },
  );
  const owner = new URL(inject("databaseServerUrl")).username;

  test("what leaves the keeper's role is aivo_district again, and no more", async () => {
    await withOwner(db, mine, async (tx) => {
      expect(await tx.sql`select current_user as role`).toEqual([{ role: keeperRole }]);
      await tx.sql`reset role`;
      expect(await tx.sql`select current_user as role, session_user as session`).toEqual([{ role: districtRole, session: districtRole }]);
      await expect(tx.sql.savepoint((inner) => inner`delete from schools`)).rejects.toMatchObject({ code: "42501" });
    });
  });

  test("neither sees nor writes what another run has staged", async () => {
    const run = { districtId: theirs, runId: randomUUID() };
    const staging = await leaseStaging(db.sql, run);
    const table = staging.read.orgs;
    await db.sql.unsafe(`insert into ${table} (external_id, part, position, district_id) values ('s1', 'orgs.csv', 1, '${theirs}')`);
    const counted = (district: string) => withDistrict(db, operatorScope(district), (tx) => tx.sql.unsafe(`select from ${table}`));
    expect(await counted(theirs)).toHaveLength(1);
    expect(await counted(mine)).toHaveLength(0);
    for (const statement of [`update ${table} set name = 'mine'`, `delete from ${table}`])
      expect((await withDistrict(db, operatorScope(mine), (tx) => tx.sql.unsafe(statement))).count).toBe(0);
    const insert = `insert into ${table} (external_id, part, position, district_id) values ('s2', 'orgs.csv', 2, '${theirs}')`;
    await expect(withDistrict(db, operatorScope(mine), (tx) => tx.sql.unsafe(insert))).rejects.toMatchObject({ code: "42501" });
    await expect(withDistrict(db, operatorScope(mine), (tx) => tx.sql.unsafe(`truncate ${table}`))).rejects.toMatchObject({
      code: "42501",
    });
    await releaseStaging(db.sql, run.runId);
  });

  test("neither sees nor takes another district's jobs, nor asks for one of it", async () => {
    const job = (district: string) => `insert into pgboss.job_common (name, data) values ('sync-run', '{"districtId": "${district}"}')`;
    await db.sql.unsafe(job(theirs));
    await expect(withDistrict(db, operatorScope(mine), (tx) => tx.sql.unsafe(job(theirs)))).rejects.toMatchObject({ code: "42501" });
    await expect(
      withDistrict(db, operatorScope(mine), (tx) => tx.sql`insert into pgboss.job_common (name, data) values ('retention', '{}')`),
    ).rejects.toMatchObject({ code: "42501" });
    await withDistrict(db, operatorScope(mine), async (tx) => {
      for (const table of ["pgboss.job", "pgboss.job_common"]) {
        expect(await tx.sql.unsafe(`select from ${table}`)).toHaveLength(0);
        expect((await tx.sql.unsafe(`update ${table} set state = 'cancelled'`)).count).toBe(0);
      }
    });
  });
});

test.skipIf(isOnCitus)("an owner who is no superuser sees and changes everything that is forced, and nobody else does", async () => {
  const admin = postgres(inject("databaseServerUrl"), { max: 1, onnotice: () => {} });
  const owner = `owner_${randomBytes(4).toString("hex")}`;
  const name = `aivo_test_${randomBytes(6).toString("hex")}`;
  await admin.unsafe(`create role ${owner} login password 'owner'`);
  await admin.unsafe(`create database ${name} owner ${owner}`);
  await admin.unsafe(`grant aivo_app, aivo_school to ${owner} with admin option`);
  const url = new URL(inject("databaseServerUrl"));
  Object.assign(url, { pathname: `/${name}`, username: owner, password: "owner" });
  try {
    await migrate(url.href);
    // Nothing is left to do, and nothing fails.
    await migrate(url.href);
    const db = openDatabase(url.href, { max: 2 });
    try {
      const districts = [await newDistrict(db), await newDistrict(db)];
      for (const district of districts) {
        await db.sql`insert into schools (district_id, name) values (${district}, 'North')`;
        await db.sql`insert into run_changes (district_id, run_id, entity, action, record_id, reason) values (${district}, uuidv7(), 'learner', 'created', uuidv7(), 'x')`;
      }
      for (const table of ["districts", "schools", "run_changes"])
        expect(await db.sql`select from ${db.sql(table)}`, table).toHaveLength(2);
      const [part] = await db.sql<{ name: string }[]>`select tableoid::regclass::text as name from run_changes limit 1`;
      expect((await db.sql.unsafe(`delete from ${part?.name}`)).count).toBe(2);
      const confined = await withDistrict(db, operatorScope(districts[0] ?? ""), (tx) => tx.sql`select district_id from schools`);
      expect([...confined]).toEqual([{ district_id: districts[0] }]);
      const [own] = await db.sql<{ id: string }[]>`select id from schools where district_id = ${districts[0] ?? ""}`;
      const actor = {
        kind: "account",
        accountId: randomUUID(),
        districtId: districts[0] ?? "",
        schools: [own?.id ?? ""],
        role: "school-admin",
      } as const;
      const ofSchools = await withDistrict(db, requireReach(actor, "read-roster"), (tx) => tx.sql`select id from schools`);
      expect([...ofSchools]).toEqual([own]);
      await db.sql`drop policy owner on schools`;
      expect(await db.sql`select from schools`).toHaveLength(0);
    } finally {
      await db.close();
    }
  } finally {
    await admin.unsafe(`drop database ${name} with (force)`);
    await admin.unsafe(`revoke aivo_app, aivo_school from ${owner} cascade`);
    await admin.unsafe(`drop role ${owner}`);
    await admin.end();
  }
});
