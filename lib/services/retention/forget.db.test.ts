import { afterAll, beforeEach, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { getDistrict } from "#lib/services/districts/read.ts";
import { removeIntegration } from "#lib/services/integrations/write.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { forgetWithdrawn } from "./forget.ts";
import { purgeExpired } from "./purge.ts";

const { services, close } = await testServices();
afterAll(close);
const { db } = services;

const orgs = [{ sourcedId: "north", name: "North High", type: "school", identifier: "17" }];
const classes = [{ sourcedId: "c", title: "Algebra", classType: "scheduled", schoolSourcedId: "north" }];
const person = (id: string, fields: RawRow = {}): RawRow => ({
  sourcedId: id,
  role: "student",
  givenName: `Given-${id}`,
  familyName: `Family-${id}`,
  email: `${id}@example.org`,
  identifier: `number-${id}`,
  orgSourcedIds: "north",
  ...fields,
});
const sis = (...users: readonly RawRow[]): SisState => ({ rows: { orgs, classes, users, enrollments: [] } });
const [ada, kai, stays] = [person("ada"), person("kai"), person("stays")];
const odd = person("odd", { role: "wizard" });
const withoutId = { ...person("without", { email: "no address of without" }), sourcedId: "" };

let districtId: string;
let first: string;
let second: string;
beforeEach(async () => {
  districtId = await newDistrict(db);
  [first, second] = [await newIntegration(db, districtId), await newIntegration(db, districtId)];
});

/** As the job does it, so many days from now. */
async function afterDays(days: number): Promise<{ purged: number; emptied: number }> {
  const later = { ...services, now: () => new Date(Date.now() + days * 86_400_000) };
  const district = await getDistrict(services, operatorScope(districtId));
  const { accounts } = await purgeExpired(later, district);
  return { purged: accounts, emptied: await forgetWithdrawn(later, district) };
}

/** Everything that is kept of what the SISs said, but for the roster. */
async function said(): Promise<string> {
  const rows = await db.sql`
    select to_jsonb(m) as row from source_records m where district_id = ${districtId}
    union all select to_jsonb(i) from issues i where district_id = ${districtId}
    union all select to_jsonb(i) from closed_issues i where district_id = ${districtId}
    union all select to_jsonb(c) from source_record_changes c where district_id = ${districtId}`;
  return JSON.stringify(rows);
}

const rowOf = async (id: string) =>
  (
    await db.sql`
      select external_id, fate, rostered, record_id is not null as is_linked, ended_at is not null as has_ended, hash is not null as has_hash, given_name, email
      from source_records where integration_id = ${first} and collection = 'users' and external_id = ${id}`
  )[0];

test("what a SIS said of those that it has no longer goes after the period: of who is here by another one, of who never arrived, of rows without an id", async () => {
  await syncOnce(db, districtId, first, sis(ada, kai, stays, odd, withoutId));
  await syncOnce(db, districtId, second, sis({ ...ada, sourcedId: "a-2" }));
  await syncOnce(db, districtId, first, sis(stays));
  // What the one said of Ada is the history of the one; what the other says goes on.
  expect(await said()).toContain("Given-odd");
  expect(await said()).toContain("no address of without");
  expect(await afterDays(364)).toEqual({ purged: 0, emptied: 0 });
  expect(await rowOf("ada")).toMatchObject({ given_name: "Given-ada", has_hash: true });

  expect(await afterDays(366)).toEqual({ purged: 1, emptied: 2 });
  const left = await said();
  for (const trace of ["odd", "kai", "without"])
    for (const value of [`Given-${trace}`, `Family-${trace}`, `${trace}@example.org`, `number-${trace}`, `of ${trace}`, "wizard"])
      expect(left).not.toContain(value);
  expect(left.match(/Given-ada/g)).toHaveLength(1);
  expect(left).toContain("Given-stays");
  const empty = { given_name: null, email: null, has_hash: false };
  expect(await rowOf("ada")).toEqual({
    external_id: "ada",
    fate: "withdrawn",
    rostered: false,
    is_linked: true,
    has_ended: true,
    ...empty,
  });
  expect(await rowOf("odd")).toMatchObject({ fate: "withdrawn", is_linked: false, ...empty });
  expect(await afterDays(366)).toEqual({ purged: 0, emptied: 0 });
  const entries = await db.sql`
    select details from audit_entries where district_id = ${districtId} and action = 'withdrawn-records-emptied'`;
  expect(entries.map(({ details }) => details)).toEqual([{ records: 2, retentionDays: 365 }]);

  const back = await syncOnce(db, districtId, first, sis(stays, ada));
  expect(back).toMatchObject({ state: "succeeded", failure: null });
  expect(await rowOf("ada")).toMatchObject({ fate: "rostered", rostered: true, given_name: "Given-ada", has_hash: true });
  const [accounts] =
    await db.sql`select count(*)::int as count from accounts where district_id = ${districtId} and given_name = 'Given-ada'`;
  expect(accounts?.count).toBe(1);
});

test("of an integration that was removed before the period began nothing is left but ids and where they lead", async () => {
  await syncOnce(db, districtId, first, sis(ada, person("bad", { email: "no address of bad" }), odd));
  await syncOnce(db, districtId, first, sis({ ...ada, familyName: "Family-before" }, person("bad", { email: "no address of bad" }), odd));
  await syncOnce(db, districtId, second, sis({ ...ada, sourcedId: "a-2" }));
  await removeIntegration(services, operatorScope(districtId), first);
  // Who never became a record goes with it.
  expect(await said()).not.toContain("Given-odd");
  expect((await afterDays(364)).emptied).toBe(0);
  expect((await afterDays(366)).emptied).toBe(4);
  expect(await rowOf("ada")).toMatchObject({ fate: "rostered", is_linked: true, given_name: null, has_hash: false });
  const left = await said();
  expect(left.match(/Given-ada/g)).toHaveLength(1);
  for (const value of ["of bad", "Given-bad", "Family-before"]) expect(left).not.toContain(value);
});
