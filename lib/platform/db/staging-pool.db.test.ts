import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { workerScope } from "#lib/platform/access.ts";
import { leftInStaging, newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { columnNames, planColumns, type stagingOf, tableOf, tablesOfSet } from "./staging.ts";
import {
  clearPlan,
  dropOutdatedSets,
  dropTablesOfRuns,
  holdStaging,
  leaseStaging,
  prepareStaging,
  releaseStaging,
  withStaging,
} from "./staging-pool.ts";
import { withDistrict } from "./tx.ts";
import { forgetPlan, hasWaitingPlan, keepPlan, waitingPlanOf } from "./waiting-plans.ts";

const isOnCitus = inject("citusWorkerUrls").length > 0;
let database: TestDatabase;
let districtId: string;
beforeAll(async () => {
  database = await testDatabase();
  districtId = await newDistrict(database.db);
});
afterAll(() => database.close());

const sql = () => database.db.sql;
const newRun = () => ({ districtId, runId: randomUUID() });
const addPerson = (staging: ReturnType<typeof stagingOf>, id: string) =>
  withStaging(
    sql(),
    staging,
    (tx) =>
      tx`insert into ${tx(tableOf(staging.read.users))} (external_id, part, position, role) values (${id}, 'users.csv', 2, 'learner')`,
  );
const peopleIn = async (staging: ReturnType<typeof stagingOf>) =>
  (await sql().unsafe<{ id: string }[]>(`select external_id as id from ${staging.read.users} r order by 1`)).map(({ id }) => id);

describe("sets", () => {
  test("one is made ahead of the first run, by whichever worker comes first", async () => {
    // Test databases come with one.
    await sql()`update staging.sets set shape = 'of another version', leased_at = now() - interval '2 hours'`;
    expect(await dropOutdatedSets(sql())).toBe(isOnCitus ? 0 : 1);
    await Promise.all([prepareStaging(sql()), prepareStaging(sql())]);
    await prepareStaging(sql());
    expect(await sql()`select number, run_id as "runId" from staging.sets`).toEqual(isOnCitus ? [] : [{ number: 1, runId: null }]);
  });

  test("a set that was given back is leased again, empty; two runs at once have one each", async () => {
    const [a, b] = [newRun(), newRun()];
    const [first, second] = await Promise.all([leaseStaging(sql(), a), leaseStaging(sql(), b)]);
    expect(first.number).not.toBe(second.number);
    await addPerson(first, "p1");
    await addPerson(second, "p2");
    expect([await peopleIn(first), await peopleIn(second)]).toEqual([["p1"], ["p2"]]);
    await releaseStaging(sql(), a.runId);
    expect(await peopleIn(first)).toEqual([]);
    const again = await leaseStaging(sql(), newRun());
    expect(again.number).toBe(first.number);
    for (const { runId } of [again, second]) await releaseStaging(sql(), runId);
    expect(await leftInStaging(sql())).toEqual([]);
  });

  test("many runs at once have a set each, and no more sets are made than there were runs at once", async () => {
    const sets = await Promise.all(Array.from({ length: 6 }, () => leaseStaging(sql(), newRun())));
    expect(new Set(sets.map(({ number }) => number)).size).toBe(6);
    for (const { runId } of sets) await releaseStaging(sql(), runId);
    const more = await Promise.all(Array.from({ length: 6 }, () => leaseStaging(sql(), newRun())));
    expect(Math.max(...more.map(({ number }) => number))).toBe(6);
    for (const { runId } of more) await releaseStaging(sql(), runId);
  });

  test("a run that begins anew has its set, empty", async () => {
    const run = newRun();
    const before = await leaseStaging(sql(), run);
    await addPerson(before, "p1");
    const after = await leaseStaging(sql(), run);
    expect(after.number).toBe(before.number);
    expect(await peopleIn(after)).toEqual([]);
    await releaseStaging(sql(), run.runId);
  });

  test("what is large is emptied too, and gives back its file", async () => {
    const run = newRun();
    const staging = await leaseStaging(sql(), run);
    await withStaging(
      sql(),
      staging,
      (tx) => tx`insert into ${tx(tableOf(staging.read.users))} (external_id, part, position, given_name)
        select n::text, 'users.csv', n, repeat('x', 400) from generate_series(1, 50000) n`,
    );
    await releaseStaging(sql(), run.runId);
    const size = isOnCitus ? "citus_relation_size" : "pg_relation_size";
    const [left] = await sql().unsafe(`select ${size}('${tableOf(staging.read.users)}') as bytes`);
    expect(Number(left?.bytes)).toBe(0);
  });
});

describe("a run that was given up", () => {
  test("can write nothing into a set that is not its own any more", async () => {
    const run = newRun();
    const staging = await leaseStaging(sql(), run);
    await releaseStaging(sql(), run.runId);
    await expect(addPerson(staging, "late")).rejects.toThrow("no longer its own");
    const next = await leaseStaging(sql(), newRun());
    expect(next.number).toBe(staging.number);
    await expect(addPerson(staging, "late")).rejects.toThrow("no longer its own");
    expect(await peopleIn(next)).toEqual([]);
    await releaseStaging(sql(), next.runId);
  });

  test("what it is just writing is waited for, and is gone", async () => {
    const run = newRun();
    const staging = await leaseStaging(sql(), run);
    let released: Promise<void> | undefined;
    await withStaging(sql(), staging, async (tx) => {
      released = releaseStaging(sql(), run.runId);
      const isWaiting = () => sql()`select from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`;
      await expect.poll(async () => (await isWaiting()).length, { timeout: 10_000 }).toBe(1);
      await tx`insert into ${tx(tableOf(staging.found))} (code, collection) values ('x', 'users')`;
    });
    await released;
    expect(await leftInStaging(sql())).toEqual([]);
  });

  test("is not emptied when another has the set already", async () => {
    const run = newRun();
    const staging = await leaseStaging(sql(), run);
    await releaseStaging(sql(), run.runId);
    const next = await leaseStaging(sql(), newRun());
    await addPerson(next, "p1");
    await releaseStaging(sql(), staging.runId);
    expect(await peopleIn(next)).toEqual(["p1"]);
    await releaseStaging(sql(), next.runId);
  });
});

test("the application's role sees of a set and of waiting plans what is its district's, and writes for no other", async () => {
  const run = newRun();
  const staging = await leaseStaging(sql(), run);
  await addPerson(staging, "p1");
  await keepPlan(sql(), { ...staging, incoming: staging.read });
  const other = await newDistrict(database.db);
  const seenBy = (district: string) =>
    withDistrict(database.db, workerScope(district), async (tx) => {
      const [counts] = await tx.sql.unsafe(`select
        (select count(*)::int from ${staging.read.users} r) as read,
        (select count(*)::int from staging.sets) as sets,
        (select count(*)::int from waiting.users) as waiting,
        (select count(*)::int from waiting.plans) as plans`);
      return { ...counts };
    });
  expect(await seenBy(districtId)).toEqual({ read: 1, sets: 1, waiting: 1, plans: 1 });
  expect(await seenBy(other)).toEqual({ read: 0, sets: 0, waiting: 0, plans: 0 });
  const writeFor = (district: string) =>
    withDistrict(
      database.db,
      workerScope(other),
      (tx) =>
        tx.sql`insert into ${tx.sql(tableOf(staging.read.users))} (external_id, part, position, district_id) values ('x', '', 1, ${district})`,
    );
  await expect(writeFor(districtId)).rejects.toMatchObject({ code: "42501" });
  await expect(
    withDistrict(database.db, workerScope(other), (tx) => holdStaging(tx.sql, { ...staging, districtId: other })),
  ).rejects.toThrow("no longer its own");
  await forgetPlan(sql(), run.runId);
  await releaseStaging(sql(), run.runId);
});

test("a plan that waits outlives its set, and goes whole", async () => {
  const run = newRun();
  const staging = await leaseStaging(sql(), run);
  await addPerson(staging, "p1");
  await keepPlan(sql(), { ...staging, incoming: staging.read });
  await releaseStaging(sql(), run.runId);
  const kept = async () =>
    (await sql().unsafe(`select external_id, role from ${waitingPlanOf(run).incoming.users} u`)).map((row) => ({ ...row }));
  expect(await hasWaitingPlan(sql(), districtId, run.runId)).toBe(true);
  expect(await kept()).toEqual([{ external_id: "p1", role: "learner" }]);
  await forgetPlan(sql(), run.runId);
  expect(await hasWaitingPlan(sql(), districtId, run.runId)).toBe(false);
  expect(await kept()).toEqual([]);
});

test("taking the plan back leaves what was read", async () => {
  const run = newRun();
  const staging = await leaseStaging(sql(), run);
  await addPerson(staging, "p1");
  await withStaging(sql(), staging, (tx) =>
    tx.unsafe(`
      insert into ${tableOf(staging.incoming.users)} (external_id, part, position, said) values ('new', '', 1, 'new'), ('again', '', 1, 'again');
      insert into ${tableOf(staging.work.missing)} (external_id) values ('x');
      insert into ${tableOf(staging.plan.account)} (external_id, part, position, record_id, link, action) values ('new', '', 1, gen_random_uuid(), 'new', 'created');`),
  );
  await clearPlan(sql(), staging);
  expect(await peopleIn(staging)).toEqual(["p1"]);
  const left =
    await sql().unsafe(`select external_id from ${staging.incoming.users} i union all select external_id from ${staging.work.missing} m
    union all select external_id from ${staging.plan.account} p`);
  expect(left.map((row) => row.external_id)).toEqual(["new"]);
  await releaseStaging(sql(), run.runId);
});

test("sets of another version's tables are leased to nobody, and go when they were not used for an hour", async () => {
  const run = newRun();
  const { number } = await leaseStaging(sql(), run);
  await releaseStaging(sql(), run.runId);
  await sql()`update staging.sets set shape = 'of another version' where number = ${number}`;
  expect(await dropOutdatedSets(sql())).toBe(0);
  await sql()`update staging.sets set leased_at = now() - interval '2 hours' where number = ${number}`;
  expect(await dropOutdatedSets(sql())).toBe(1);
  const tables = await sql()`select from pg_tables where schemaname = 'staging' and tablename like ${`set${number}\\_%`}`;
  expect(tables).toHaveLength(0);
});

test("tables that a run of a version before made for itself go once it is over", async () => {
  const { runId } = newRun();
  await sql().unsafe(`create table staging.plan_school_${runId.replaceAll("-", "")} (external_id text)`);
  expect(await dropTablesOfRuns(sql())).toBe(1);
  expect(await dropTablesOfRuns(sql())).toBe(0);
});

// On Citus it is the parts that have statistics.
test.skipIf(isOnCitus)("the planner knows of each table of a set what its rows are like, before there are any", async () => {
  const run = newRun();
  const { number } = await leaseStaging(sql(), run);
  const unknown = await sql()`
    select t.tablename from pg_tables t where t.schemaname = 'staging' and t.tablename like ${`set${number}\\_%`} and not exists (
      select from pg_stats s where s.schemaname = 'staging' and s.tablename = t.tablename)`;
  expect([...unknown]).toEqual([]);
  expect(await leftInStaging(sql())).toEqual([`the set of run ${run.runId}`]);
  await releaseStaging(sql(), run.runId);
});

test.skipIf(isOnCitus)("the planner expects that nearly all that was read is placed, though nothing is settled of it yet", async () => {
  const run = newRun();
  const staging = await leaseStaging(sql(), run);
  await withStaging(
    sql(),
    staging,
    (tx) =>
      tx`insert into ${tx(tableOf(staging.read.users))} (external_id, part, position) select 'p' || n, 'users.csv', n from generate_series(1, 5000) n`,
  );
  const expected = async (where: string): Promise<number> => {
    const [row] = await sql().unsafe(`explain (format json) select from ${tableOf(staging.read.users)} ${where}`);
    return row?.["QUERY PLAN"][0].Plan["Plan Rows"];
  };
  const placed = await expected("where out_of_scope is null and standing is null and goes_with is null");
  expect(placed / (await expected(""))).toBeGreaterThan(0.5);
  await releaseStaging(sql(), run.runId);
});

test("a waiting plan has each column that a set has of it, and every table of a set is the district's alone", async () => {
  for (const [table, columns] of Object.entries(planColumns)) {
    const rows = await sql()<{ name: string }[]>`
      select column_name as name from information_schema.columns where table_schema = 'waiting' and table_name = ${table} order by ordinal_position`;
    // Plans are kept by the names of columns; those that a migration added stand at the end.
    expect(rows.map(({ name }) => name).sort()).toEqual(["district_id", "run_id", ...columnNames(columns)].sort());
  }
  const run = newRun();
  const { number } = await leaseStaging(sql(), run);
  const open = await sql()`
    select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('staging', 'waiting') and c.relkind = 'r' and not (c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))`;
  expect([...open]).toEqual([]);
  expect(tablesOfSet(number).length).toBeGreaterThan(40);
  await releaseStaging(sql(), run.runId);
});
