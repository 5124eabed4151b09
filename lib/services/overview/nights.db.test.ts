import { afterAll, expect, test } from "vitest";
import { newIntegration, type RawRow, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { newDistrict, testDatabase } from "#lib/platform/testing/database.ts";
import { readNights } from "./nights.ts";

const { db, close } = await testDatabase();
afterAll(close);
const services = { db };

const orgs: RawRow[] = [{ sourcedId: "north", name: "North High", type: "school" }];
const learner = (id: string, grades = "05"): RawRow => ({
  sourcedId: id,
  role: "student",
  givenName: "Ada",
  familyName: `Lee ${id}`,
  grades,
  orgSourcedIds: "north",
  enabledUser: "true",
});
const sis = (...users: RawRow[]) => ({ rows: { orgs, users } });

/** Puts a run some days back, at noon where the district is. */
const backdate = (runId: string, days: number) => db.sql`
  update sync_runs r set queued_at = at, started_at = at
  from (select (((now() at time zone d.timezone)::date - ${days}::int) + time '12:00') at time zone d.timezone as at, d.id from districts d) t
  where r.id = ${runId} and t.id = r.district_id`;

test("a night says who arrived, left and changed, and how it ended", async () => {
  const districtId = await newDistrict(db);
  const scope = operatorScope(districtId);
  const integrationId = await newIntegration(db, districtId);
  const run = (...users: RawRow[]) => syncOnce(db, districtId, integrationId, sis(...users));
  const many = Array.from({ length: 20 }, (_, n) => learner(`m${n}`));
  await backdate((await run(...many, learner("a"), learner("b"), learner("c"))).id, 40);
  await backdate((await run(...many, learner("a"), learner("b", "06"))).id, 3);
  await backdate((await run(...many, learner("a"), learner("b", "06"), learner("c", "07"))).id, 2);
  const [failed] = await db.sql<{ id: string }[]>`
    insert into sync_runs (district_id, integration_id, trigger, state) values (${districtId}, ${integrationId}, 'schedule', 'failed') returning id`;
  await backdate(failed?.id ?? "", 1);
  const nights = await readNights(services, scope, integrationId);
  const figures = nights.map(({ arrived, left, changed, mark, isFirst, runCount }) => ({
    arrived,
    left,
    changed,
    mark,
    isFirst,
    runCount,
  }));
  const base = { arrived: 0, left: 0, changed: 0, mark: null, isFirst: false, runCount: 1 };
  expect(figures).toEqual([
    { ...base, left: 1, changed: 1 },
    { ...base, arrived: 1 },
    { ...base, mark: "failed" },
  ]);
  expect(nights.at(-1)?.runId).toBe(failed?.id);
  expect(await readNights(services, scope, null)).toEqual(nights);

  const other = await newIntegration(db, districtId);
  await syncOnce(db, districtId, other, sis(learner("x")));
  expect((await readNights(services, scope, null)).at(-1)).toMatchObject({ arrived: 1, isFirst: true, integrationId: other });
  expect(await readNights(services, operatorScope(await newDistrict(db)), null)).toEqual([]);
});

test("who left the SIS and can still sign in stands at the night they left", async () => {
  const districtId = await newDistrict(db);
  const integrationId = await newIntegration(db, districtId);
  await backdate((await syncOnce(db, districtId, integrationId, sis(learner("a"), learner("b")))).id, 1);
  const nameless = { ...learner("b"), sourcedId: "" };
  await syncOnce(db, districtId, integrationId, sis(learner("a"), nameless));
  const nights = await readNights(services, operatorScope(districtId), null);
  expect(nights.map(({ isFirst, left, still }) => ({ isFirst, left, still }))).toEqual([
    { isFirst: true, left: 0, still: 0 },
    { isFirst: false, left: 0, still: 1 },
  ]);
});
