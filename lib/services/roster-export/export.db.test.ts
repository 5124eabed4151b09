import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { newIntegration } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { exportRoster } from "./export.ts";

const { services, close } = await testServices();
const { sql } = services.db;
const folder = await mkdtemp(join(tmpdir(), "aivo-export-"));
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

test.each(["1.1", "1.2"] as const)("an export as OneRoster %s loops over nothing, even before there are statistics", async (version) => {
  const districtId = await newDistrict(services.db);
  const integrationId = await newIntegration(services.db, districtId);
  const people = 2000;
  await sql`insert into schools (district_id, id, name) values (${districtId}, ${districtId}, 'School')`;
  await sql`
    insert into classrooms (district_id, name, school_id) select ${districtId}, 'Class ' || i, ${districtId} from generate_series(1, 100) i`;
  await sql`
    insert into accounts (district_id, role, given_name, family_name) select ${districtId}, 'learner', 'A', 'B' || i from generate_series(1, ${people}) i`;
  await sql`
    insert into memberships (district_id, classroom_id, account_id, role)
    select ${districtId}, c.id, a.id, 'learner'
    from (select id, row_number() over () as n from accounts where district_id = ${districtId}) a
    join (select id, row_number() over () as n from classrooms where district_id = ${districtId}) c on c.n = 1 + a.n % 100`;
  for (const [table, collection] of [
    ["schools", "orgs"],
    ["classrooms", "classes"],
    ["accounts", "users"],
    ["memberships", "enrollments"],
  ] as const) {
    await sql`
      insert into source_records (district_id, integration_id, collection, external_id, fate, record_id, rostered, matched_by, run_id)
      select ${districtId}, ${integrationId}, ${collection}, 'x' || id, 'rostered', id, true, 'created', ${districtId} from ${sql(table)} where district_id = ${districtId}`;
  }

  const statements: { query: string; parameters: unknown[] }[] = [];
  const options = (services.db.entrance ?? services.db).sql.options as { debug?: unknown };
  options.debug = (_connection: number, query: string, parameters: unknown[]) => statements.push({ query, parameters });
  const exported = await exportRoster(services, operatorScope(districtId), join(folder, version), integrationId, version);
  options.debug = false;
  expect(exported).toMatchObject({ leftOut: 0, rows: { "users.csv": people, "enrollments.csv": people, "classes.csv": 100 } });

  const begun = statements.findIndex(({ query }) => query.startsWith("begin isolation level"));
  const transaction = statements.slice(
    begun + 1,
    statements.findIndex(({ query }, at) => at > begun && query === "commit"),
  );
  const joins: string[] = [];
  await withDistrict(services.db, operatorScope(districtId), async ({ sql: tx }) => {
    for (const { query, parameters } of transaction) {
      // The district is entered already.
      if (query.includes("aivo.district_id") || query.includes("entry.moment")) continue;
      if (query.startsWith("set local")) await tx.unsafe(query).simple();
      else joins.push(JSON.stringify(await tx.unsafe(`explain (format json) ${query}`, parameters as never[])));
    }
  });
  expect(joins.length).toBeGreaterThan(8);
  expect(joins.some((plan) => plan.includes("Hash Join"))).toBe(true);
  for (const plan of joins) expect(plan).not.toContain("Nested Loop");
});
