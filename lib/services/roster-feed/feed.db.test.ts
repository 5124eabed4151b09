import { afterAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { listFeed } from "./read.ts";

const { services, close } = await testServices();
const { sql } = services.db;
afterAll(close);

test("a page in the middle of a large district is one look into the primary key, and sorts nothing", async () => {
  const districtId = await newDistrict(services.db);
  await sql`
    insert into accounts (district_id, role, given_name, family_name, email)
    select ${districtId}, case when i % 20 = 0 then 'teacher' else 'learner' end, 'A', 'B' || i, 'b' || i || '@example.org' from generate_series(1, 30000) i`;
  await sql`analyze accounts`;
  const [middle] = await sql<{ id: string }[]>`select id from accounts where district_id = ${districtId} order by id offset 15000 limit 1`;

  const statements: { query: string; parameters: unknown[] }[] = [];
  const options = (services.db.entrance ?? services.db).sql.options as { debug?: unknown };
  options.debug = (_connection: number, query: string, parameters: unknown[]) => statements.push({ query, parameters });
  const page = await listFeed(services, operatorScope(districtId), "people", { role: "learner" }, { after: middle?.id ?? "", limit: 200 });
  options.debug = false;
  expect(page).toHaveLength(200);
  expect(page.every(({ role }) => role === "learner")).toBe(true);
  const asked = statements.find(({ query }) => query.includes('from "accounts"'));
  const explained = await withDistrict(services.db, operatorScope(districtId), (tx) =>
    tx.sql.unsafe(`explain (format json) ${asked?.query}`, (asked?.parameters ?? []) as never[]),
  );
  const plan = JSON.stringify(explained);
  expect(plan).toContain("accounts_district_id_id_pk");
  expect(plan).not.toMatch(/"Seq Scan"|"Sort"/);
});

test("admins are no part of the roster", async () => {
  const districtId = await newDistrict(services.db);
  await sql`insert into accounts (district_id, role, given_name, family_name) values (${districtId}, 'admin', 'Dana', 'Whitfield')`;
  expect(await listFeed(services, operatorScope(districtId), "people", {}, { after: null, limit: 10 })).toEqual([]);
});
