import { afterAll, expect, test } from "vitest";
import { operatorScope, requireReach } from "#lib/platform/access.ts";
import { updateDistrict } from "#lib/services/districts/write.ts";
import { listPeople } from "#lib/services/people/list.ts";
import { PeopleFilter } from "#lib/services/people/schema.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { show } from "./record.ts";

/** What a record of who looked costs (docs/decisions/039-who-looked.md has the figures, with their date): bytes, which are checked, and time, which is told. */
let clock = Date.now();
const { services, close } = await testServices({ now: () => new Date(clock) });
afterAll(close);
const { sql } = services.db;
const [pupils, perView, viewCount] = [2_000, 200, 500];
const door = "/roster/learners";

async function district(recordsViews: boolean) {
  const districtId = await newDistrict(services.db);
  const scope = requireReach({ kind: "account", accountId: crypto.randomUUID(), districtId, role: "admin" }, "read-roster");
  if (recordsViews) await updateDistrict(services, operatorScope(districtId), { recordsViews });
  await sql`
    insert into accounts (district_id, role, given_name, family_name)
    select ${districtId}, 'learner', 'Given ' || n, 'Family ' || n from generate_series(1, ${pupils}) n`;
  const people = await sql<
    { id: string }[]
  >`select id from accounts where district_id = ${districtId} and role = 'learner' order by random()`;
  return { districtId, scope, ids: people.map(({ id }) => id) };
}

const sizes = async () => {
  const [row] = await sql<{ people: number; views: number }[]>`
    select sum(pg_total_relation_size(c.oid)) filter (where p.relname = 'viewed_people')::int as people,
      sum(pg_total_relation_size(c.oid)) filter (where p.relname = 'views')::int as views
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent where p.relname in ('views', 'viewed_people')`;
  return { people: row?.people ?? 0, views: row?.views ?? 0 };
};

test("a person of a view takes some 250 bytes, with both indexes", async () => {
  const { scope, ids } = await district(true);
  const before = await sizes();
  for (let n = 0; n < viewCount; n++) {
    const shown = Array.from({ length: perView }, (_, at) => ids[(n * 37 + at) % pupils]);
    await show(services, scope, { door, filter: { q: `${n}` } }, shown);
    clock += 1000;
  }
  const after = await sizes();
  const rows = (await sql<{ count: number }[]>`select count(*)::int as count from viewed_people where district_id = ${scope.districtId}`)[0]
    ?.count;
  expect(rows).toBe(viewCount * perView);
  const [perPerson, each] = [(after.people - before.people) / (viewCount * perView), (after.views - before.views) / viewCount];
  process.stdout.write(`${rows} rows: ${perPerson.toFixed(0)} bytes for each person of a view, ${each.toFixed(0)} for each view besides\n`);
  expect(perPerson).toBeLessThan(300);
});

test("a page of people is listed alone, and with a record that is off and on", async () => {
  const [off, on] = [await district(false), await district(true)];
  const filter = PeopleFilter.parse({});
  const ways = {
    "without any record": () => listPeople(services, on.scope, "learner", filter),
    off: async () => show(services, off.scope, { door, filter }, await listPeople(services, off.scope, "learner", filter)),
    on: async () => show(services, on.scope, { door, filter }, await listPeople(services, on.scope, "learner", filter)),
  };
  const took = new Map(Object.keys(ways).map((way) => [way, [] as number[]]));
  const rounds = 40;
  for (let round = 0; round < rounds; round++) {
    // Not the same as a moment ago.
    clock += 6 * 60_000;
    for (const [way, look] of Object.entries(ways)) {
      const from = performance.now();
      await look();
      took.get(way)?.push(performance.now() - from);
    }
  }
  const medians = [...took].map(([way, all]) => [way, all.toSorted((a, b) => a - b)[rounds / 2] ?? 0] as const);
  const base = medians[0]?.[1] ?? 1;
  for (const [way, ms] of medians) process.stdout.write(`${way}: ${ms.toFixed(2)} ms, ${(ms / base).toFixed(2)} times\n`);
  const recorded =
    await sql`select district_id as id, count(*)::int as count from views where district_id in ${sql([off.districtId, on.districtId])} group by 1`;
  expect([...recorded]).toEqual([{ id: on.districtId, count: rounds }]);
});
