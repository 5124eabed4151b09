import { afterAll, expect, test } from "vitest";
import { newDistrict, testDatabase } from "#lib/platform/testing/database.ts";
import { createUuidv7, ensureUuidv7 } from "./uuidv7.ts";

/** On every version: beside the server's own, where it has one. */
const { db, close } = await testDatabase();
afterAll(close);
await db.sql`create schema made`;
await createUuidv7(db.sql, "made");

/** What the id says of its time: milliseconds since 1970, with the fraction that the next 12 bits hold. */
function timeOf(id: string): number {
  const digits = id.replaceAll("-", "");
  return Number.parseInt(digits.slice(0, 12), 16) + Number.parseInt(digits.slice(13, 16), 16) / 4096;
}

test("the ids that we make are of version 7, all different, and their times go on with the clock", async () => {
  const rows = await db.sql<{ id: string; before: number; after: number }[]>`
    select before, made.uuidv7() as id, date_part('epoch', clock_timestamp()) * 1000 as after
    from (select n, date_part('epoch', clock_timestamp()) * 1000 as before from generate_series(1, 10000) n) clock`;
  const ids = rows.map(({ id }) => id);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
  // A step of the fraction is 0.00025 ms, and a double holds today's milliseconds to about as much.
  const stepMs = 0.001;
  let last = 0;
  for (const { id, before, after } of rows) {
    const at = timeOf(id);
    expect(at).toBeGreaterThan(before - stepMs);
    expect(at).toBeLessThan(after + stepMs);
    expect(at).toBeGreaterThanOrEqual(last);
    last = at;
  }
  const random = new Set(ids.map((id) => id.slice(19)));
  expect(random.size).toBe(ids.length);
});

test("ids made one after the other sort in that order, as text and as uuid", async () => {
  const ids: string[] = [];
  for (let n = 0; n < 200; n++) {
    // Each in a statement of its own, which takes longer than a microsecond.
    const [row] = await db.sql<{ id: string }[]>`select made.uuidv7() as id`;
    ids.push(row?.id ?? "");
  }
  expect([...ids].sort()).toEqual(ids);
  const sorted = await db.sql<{ id: string }[]>`select id from unnest(${ids}::uuid[]) id order by id`;
  expect(sorted.map(({ id }) => id)).toEqual(ids);
});

test("the planner puts the expression in place of the call, also where it plans for several processes", async () => {
  const plan = await db.sql<{ "QUERY PLAN": string }[]>`explain (verbose) select made.uuidv7()`;
  const text = plan.map((line) => line["QUERY PLAN"]).join("\n");
  expect(text).toContain("clock_timestamp()");
  expect(text).not.toContain("made.uuidv7");
  const [made] = await db.sql`select provolatile, proparallel from pg_proc where oid = 'made.uuidv7()'::regprocedure`;
  expect(made).toEqual({ provolatile: "v", proparallel: "s" });
});

test("every table's ids are of version 7, and a database has one function of ours at most", async () => {
  expect(await newDistrict(db)).toMatch(/^[0-9a-f-]{14}7/);
  const functions = () => db.sql<{ schema: string }[]>`
    select pronamespace::regnamespace::text as schema from pg_proc where proname = 'uuidv7' and pronargs = 0 and pronamespace <> 'made'::regnamespace`;
  const before = await functions();
  expect(before).toHaveLength(1);
  await ensureUuidv7(db.sql);
  expect(await functions()).toEqual(before);
});
