import { afterAll, beforeAll, expect, test } from "vitest";
import type { ReadingRules } from "#lib/roster/reading-rules.ts";
import { edFi, infiniteCampus } from "#sandbox/district/habits.ts";
import { edFiServer } from "#sandbox/oneroster/server.ts";
import { type FourProviders, startFourProviders } from "./testing/four-providers.ts";

/** However a vendor of OneRoster 1.2 writes who is what and where, it is one and the same roster: by API and by files in turn, each by both with `npm run test:histories`. */
const isWhole = process.env.AIVO_VENDORS === "all";
const vendors = {
  // User names are the one thing that this vendor does not say.
  "a record for each school": { ...edFiServer, habits: { ...edFi, blankUsernames: false } },
  "a record for each school, known by the state's number": { habits: { recordPerSchool: true, hasNoMasterIdentifier: true } },
  "one record for two roles": { habits: { ...infiniteCampus, legacyId: "dotted" } },
  "dated roles, all of them primary": {
    habits: { datedRoles: true, primary: "every", resourceSourcedIds: true, password: "planted-secret" },
  },
  "no roles for some": { habits: { withoutRoles: { every: 12, as: "null" } } },
  "words of its own": { habits: { ownWords: true }, folder: "/campus/api" },
} as const;

const rules: Readonly<Partial<Record<keyof typeof vendors, Partial<ReadingRules>>>> = {
  "a record for each school, known by the state's number": { personKeys: ["studentUniqueId", "staffUniqueId"] },
  "words of its own": {
    roleWords: { "ext:headteacher": "staff" },
    orgTypes: ["ext:academy"],
    enrollmentRoles: { "ext:coteacher": "teacher" },
  },
};

let four: FourProviders;
let plain: readonly string[];
beforeAll(async () => {
  // Smaller districts have nobody in two schools.
  four = await startFourProviders({ users: 2400, seed: 8 }, vendors);
  const district = await four.newDistrict();
  expect((await four.sync(district, await four.add(district, "oneroster-csv"))).state).toBe("succeeded");
  plain = await four.roster(district);
}, 240_000);
afterAll(() => four.close());

test.each(
  Object.keys(vendors).flatMap((vendor, n) =>
    (["oneroster-rest", "oneroster-csv"] as const).filter((_, m) => isWhole || n % 2 === m).map((provider) => [vendor, provider] as const),
  ),
)(
  "%s, by %s",
  async (vendor, provider) => {
    const district = await four.newDistrict();
    const integration = await four.addVendor(district, vendor, provider);
    const { sql } = four.kit.services.db;
    const rule = rules[vendor as keyof typeof vendors] ?? {};
    await sql`update integrations set reading_rules = ${JSON.stringify(rule)}::text::jsonb where id = ${integration}`;
    const first = await four.sync(district, integration);
    expect([first.state, first.failure]).toEqual(["succeeded", null]);
    const roster = await four.roster(district);
    const [expected, found] = [new Set(plain), new Set(roster)];
    const missing = plain.filter((line) => !found.has(line)).slice(0, 5);
    const extra = roster.filter((line) => !expected.has(line)).slice(0, 5);
    expect({ missing, extra }).toEqual({ missing: [], extra: [] });
    expect(roster).toHaveLength(plain.length);
  },
  240_000,
);

test("a password of the SIS is nowhere", async () => {
  const { sql } = four.kit.services.db;
  const tables = await sql<
    { name: string }[]
  >`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`;
  expect(tables.length).toBeGreaterThan(20);
  const [read] = await sql`
    select count(*)::int as count from sync_runs r join integrations i on i.id = r.integration_id
    where i.name = ${"dated roles, all of them primary" satisfies keyof typeof vendors} and r.state = 'succeeded'`;
  expect(read?.count).toBe(isWhole ? 2 : 1);
  for (const { name } of tables)
    expect([name, (await sql`select 1 from ${sql(name)} t where t::text like '%planted-secret%' limit 1`).length]).toEqual([name, 0]);
});
