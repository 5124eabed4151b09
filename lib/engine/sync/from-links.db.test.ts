import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newIntegration, openIssues, type RawRow, type SisState, sourceOf, syncOnce } from "#lib/engine/testing/sync.ts";
import { migrate } from "#lib/platform/db/migrate.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { linkEntities, type RosteredCollection } from "#lib/roster/canonical.ts";
import { describeModel, loadModel } from "./model/load.ts";

/*
 * A database of the version before kept links and what could not be placed, and forgot what else each SIS had said. What it knew is
 * written back from what this version knows, in the tables of that one; then it is migrated and synced again.
 */
let database: TestDatabase;
let district: string;
let integration: string;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  district = await newDistrict(database.db);
  integration = await newIntegration(database.db, district);
});

const person = (id: string, fields: RawRow = {}): RawRow => ({
  sourcedId: id,
  role: "student",
  givenName: "Given",
  familyName: id,
  email: `${id}@x.example`,
  identifier: id,
  orgSourcedIds: "s1",
  ...fields,
});
const enrollment = (id: string, userSourcedId: string, fields: RawRow = {}): RawRow => ({
  sourcedId: id,
  classSourcedId: "c1",
  userSourcedId,
  role: "student",
  ...fields,
});
const rows: Readonly<Record<RosteredCollection, readonly RawRow[]>> = {
  orgs: [
    { sourcedId: "s1", name: "North", type: "school", identifier: "1" },
    { sourcedId: "d1", name: "Office", type: "district", identifier: "9" },
  ],
  academicSessions: [{ sourcedId: "t1", title: "Fall", type: "term", startDate: "2026-08-01", endDate: "2026-12-20" }],
  courses: [{ sourcedId: "k1", title: "Algebra" }],
  classes: [
    { sourcedId: "c1", title: "Algebra 1", courseSourcedId: "k1", schoolSourcedId: "s1", termSourcedIds: "t1" },
    { sourcedId: "c2", title: "No school", schoolSourcedId: "s9", termSourcedIds: "t1" },
    { sourcedId: "c3", title: "Loose", schoolSourcedId: "s1", courseSourcedId: "k9", termSourcedIds: "t1,t9" },
  ],
  users: [
    person("p1"),
    person("p2"),
    person("twin1", { email: "twins@x.example" }),
    person("twin2", { email: "twins@x.example" }),
    person("parent", { role: "parent" }),
    person("odd", { role: "wizard" }),
    person("t1", { role: "teacher" }),
    person("gone"),
  ],
  enrollments: [
    enrollment("e1", "p1", { beginDate: "2026-08-10", endDate: "2026-12-01" }),
    enrollment("e1again", "p1", { beginDate: "2026-08-20", endDate: "2026-12-10" }),
    enrollment("e2", "nobody"),
    enrollment("e3", "parent"),
    enrollment("e4", "p2", { classSourcedId: "c2" }),
    enrollment("e5", "t1", { role: "teacher", primary: "true" }),
    enrollment("e6", "p2", { role: "teacher" }),
    enrollment("e7", "twin1"),
  ],
};
const later: typeof rows = {
  ...rows,
  users: [...rows.users.filter(({ sourcedId }) => sourcedId !== "gone"), person("p3")].map((row) =>
    // Somebody else comes by the id of one who is known.
    row.sourcedId === "p2" ? person("p2", { givenName: "Quite", familyName: "Other", email: "q@x.example", identifier: "77" }) : row,
  ),
  enrollments: rows.enrollments.filter(({ sourcedId }) => sourcedId !== "e1again"),
};

const issueColumns = `district_id, integration_id, seq, code, severity, collection, external_id, source_part, source_position, field, value, kept, record_ids,
  conflict, opened_number`;

/** Writes the tables of the version before and takes away those of this one. */
async function goBack(): Promise<void> {
  const { sql } = database.db;
  const [{ key } = { key: null }] = await sql<{ key: Buffer }[]>`select key from entry.keys`;
  await sql.unsafe(`
    create table external_links (district_id uuid not null, integration_id uuid not null, entity text not null, external_id text not null, record_id uuid not null,
      rostered boolean not null default true, matched_by text not null, run_id uuid not null, source_part text, source_position int,
      linked_at timestamptz not null default now(), ended_at timestamptz, missing_since timestamptz, primary key (district_id, integration_id, entity, external_id));
    insert into external_links select district_id, integration_id, case collection when 'orgs' then 'school' when 'academicSessions' then 'term'
        when 'courses' then 'course' when 'classes' then 'classroom' when 'users' then 'account' else 'membership' end, external_id, record_id, rostered,
      matched_by, run_id, source_part, source_position, linked_at, ended_at, missing_since from source_records where record_id is not null;
    create table unresolved_records (district_id uuid not null, integration_id uuid not null, collection text not null, external_id text not null, row jsonb not null,
      primary key (district_id, integration_id, collection, external_id));
    insert into unresolved_records select m.district_id, m.integration_id, m.collection, m.external_id,
        case when fate = 'not-rostered' then 'null'::jsonb else jsonb_strip_nulls(to_jsonb(m)) || '{"part": "x", "position": 1}'
          || case fate when 'withheld' then '{"withheld": true}' else '{}' end::jsonb end
      from source_records m where fate in ('waiting', 'withheld') or fate = 'not-rostered' and collection in ('orgs', 'users');
    create table run_issues (district_id uuid not null, run_id uuid not null, seq bigint not null generated always as identity, code text not null,
      severity text not null, collection text not null, external_id text, source_part text not null, source_position int not null, field text, value text,
      kept text not null, record_ids uuid[], conflict jsonb, dependents int, primary key (district_id, run_id, seq));
    insert into run_issues (district_id, run_id, code, severity, collection, external_id, source_part, source_position, field, value, kept, record_ids, conflict)
    select i.district_id, r.id, code, severity, i.collection, external_id, source_part, source_position, field, value, kept, record_ids, conflict
    from (
      select ${issueColumns}, null as closed_number from issues union all select ${issueColumns}, closed_number from closed_issues) i
    join sync_runs r on r.district_id = i.district_id and r.integration_id = i.integration_id and r.number >= i.opened_number
      and (i.closed_number is null or r.number < i.closed_number) and r.state = 'succeeded' order by r.number, i.seq;`);
  const kept = await sql<{ suffix: string; run: string; district: string }[]>`
    select replace(run_id::text, '-', '') as suffix, run_id as run, district_id as district from waiting.plans`;
  await sql.unsafe("drop schema staging cascade; create schema staging; grant usage on schema staging to aivo_app;");
  for (const { suffix, run, district: owner } of kept) {
    const ours = `district_id = '${owner}' and run_id = '${run}'`;
    await sql.unsafe(`
      insert into run_issues (district_id, run_id, code, severity, collection, external_id, source_part, source_position, field, value, kept, record_ids, conflict)
      select '${owner}', '${run}', code, severity, collection, external_id, part, position, field, value, kept, record_ids, conflict
      from waiting.issue_news where ${ours} and news = 'opened';
      create table staging.unresolved_${suffix} (collection text not null, external_id text not null, row jsonb);
      grant all on staging.unresolved_${suffix} to aivo_app;
      insert into staging.unresolved_${suffix} select w.collection, w.external_id, '{}' from waiting.waiting w where ${ours};
      insert into staging.unresolved_${suffix} select collection, external_id, 'null' from waiting.set_aside
        where ${ours} and disposition = 'not-rostered' and collection in ('orgs', 'users');`);
    for (const table of [...linkEntities.map((entity) => `plan_${entity}`), "ended_links", "suspended", "status_changes"]) {
      await sql.unsafe(`create table staging.${table}_${suffix} as select * from waiting.${table} where ${ours};
        alter table staging.${table}_${suffix} drop column district_id, drop column run_id`);
    }
  }
  await sql.unsafe(`
    drop owned by aivo_school;
    drop function is_told_of;
    drop table source_records, source_record_changes, issues, closed_issues;
    drop table school_days, turned_classrooms;
    drop table blackouts, incidents, notices, deliveries, notice_choices, webhook_endpoints;
    alter table districts drop column next_digest_at;
    drop schema waiting cascade;
    drop index run_changes_record;
    drop table kept_values, record_edits;
    alter table accounts drop column barred_at;
    alter table classrooms drop column deactivated_by;
    alter table integrations drop column scope, drop column planned_with, drop column paused_by_run_id, drop column failures_in_row;
    alter table run_changes drop column lifecycle;
    alter table sync_runs drop column from_memory, drop column issues_opened, drop column issues_resolved, drop column before, drop column source_change_count,
      drop column undo_of, drop column undoes_from, drop column undo_reason, drop column applied_at, drop column withheld_count, drop column withheld_opened;
    drop table withheld_records;
    drop index match_decisions_latest;
    alter table match_decisions drop column account_ids, drop column taken_back_at;
    alter table integrations drop column position, drop column positions;
    drop table barred_ids, deleted_districts, retention_holds;
    alter table districts drop column suspended_at, drop column deleting_at, drop column barring_key;
    alter table sync_runs drop column disconnect_reason, drop column for_person, drop column trace, drop column left_out, drop column expires_at,
      drop column expired_at, drop column changes_version_to;
    drop table issue_acknowledgements, class_decisions;
    drop table sessions, password_links, api_clients, api_rates, api_answers, authenticator_apps, passkeys, recovery_codes;
    drop table audit_destinations, audit_cursors, act_rates, sign_in_sprays, views, viewed_people;
    drop table identity_providers, identities, identity_domains, identity_requests;
    drop schema entry cascade;
    alter table districts drop column requires_second_factor, drop column own_accounts_only_since, drop column records_views;
    alter table accounts drop column password_expires_at, drop column admin_role;
    alter table integrations drop column oneroster_version, drop column reading_rules, drop column planned_on;
    drop index accounts_family_name, accounts_given_name, accounts_compound;
    delete from drizzle.__drizzle_migrations where id in (select id from drizzle.__drizzle_migrations order by created_at desc limit 33)`);
  await database.db.sql`update integrations set cursor = '{"at": "before"}' where district_id = ${district}`;
  await migrate(database.url);
  // A process that goes on has read the key of before.
  await database.db.sql`update entry.keys set key = ${key}`;
}

const mirror = async () => [
  ...(await database.db.sql`
    select integration_id, collection, external_id, fate, reason, record_id, rostered, matched_by,
      case when fate <> 'withdrawn' then hash end as hash, missing_since is null as is_there from source_records
    where district_id = ${district} and external_id > chr(2) order by 1, 2, 3`),
];
const sync = (state: SisState["rows"], options = {}) => syncOnce(database.db, district, integration, { rows: state }, options);
const issuesOf = async (runId: string) =>
  (await openIssues(database.db, runId))
    .map((issue) => [issue.code, issue.collection, issue.externalId, issue.field, issue.value].join(" "))
    .sort();

describe("a database of the version before", () => {
  test("synced, migrated and synced again: no change, and what was forgotten is known", async () => {
    await sync(rows);
    const before = await sync(later);
    expect(before.state).toBe("succeeded");
    const known = await mirror();
    const roster = describeModel(await loadModel(database.db, district));
    const issues = await issuesOf(before.id);
    expect(issues.length).toBeGreaterThan(8);

    await goBack();
    expect(await database.db.sql`select oneroster_version as version from integrations where id = ${integration}`).toEqual([
      { version: "1.1" },
    ]);
    expect(await issuesOf(before.id)).toEqual(issues);
    const told: unknown[] = [];
    const full = sourceOf({ rows: later });
    const source = {
      ...full,
      extract: (...[context, options]: Parameters<typeof full.extract>) => {
        told.push(options.cursor);
        return full.extract(context, options);
      },
    };
    const again = await sync(later, { source });
    expect(told).toEqual([null]);
    expect([again.state, again.changeCount]).toEqual(["succeeded", 0]);
    expect(describeModel(await loadModel(database.db, district))).toEqual(roster);
    expect(await mirror()).toEqual(known);
    expect(await issuesOf(again.id)).toEqual(issues);
    expect([again.issuesOpened, again.issuesResolved]).toEqual([0, 0]);
  });

  test.each(["the first sync", "a later one"])("%s waits as a plan: it is applied as it was planned", async (which) => {
    if (which === "a later one") await sync(rows);
    const planned = which === "a later one" ? later : rows;
    const waiting = await sync(planned, { kind: "preview" });
    expect(waiting.state).toBe("previewed");

    await goBack();
    const approval = await sync({}, { kind: "approval", planRunId: waiting.id });
    expect([approval.state, approval.failure]).toEqual(["succeeded", null]);
    const roster = describeModel(await loadModel(database.db, district));
    const again = await sync(planned);
    expect([again.state, again.changeCount]).toEqual(["succeeded", 0]);
    expect(describeModel(await loadModel(database.db, district))).toEqual(roster);
    const known = (await mirror()).map(({ collection, external_id, fate, rostered }) =>
      [collection, external_id, fate, rostered].join(" "),
    );

    const other = await newDistrict(database.db);
    const elsewhere = await newIntegration(database.db, other);
    if (which === "a later one") await syncOnce(database.db, other, elsewhere, { rows });
    const straight = await syncOnce(database.db, other, elsewhere, { rows: planned });
    expect(await issuesOf(again.id)).toEqual(await issuesOf(straight.id));
    const expected = await database.db.sql`
      select collection, external_id, fate, rostered from source_records where district_id = ${other} and external_id > chr(2) order by 1, 2`;
    expect(known).toEqual(
      expected.map(({ collection, external_id, fate, rostered }) => [collection, external_id, fate, rostered].join(" ")),
    );
  });
});
