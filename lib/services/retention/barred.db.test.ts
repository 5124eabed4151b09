import { afterAll, beforeEach, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { deactivateAccount } from "#lib/services/accounts/write.ts";
import { getDistrict } from "#lib/services/districts/read.ts";
import { removeIntegration } from "#lib/services/integrations/write.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { purgeExpired } from "./purge.ts";

/** Whom an admin has barred stays barred, whatever a sync, another integration or the retention job does. */
const { services, close } = await testServices();
afterAll(close);
const { db } = services;

const school: RawRow = { sourcedId: "north", name: "North High", type: "school", identifier: "17" };
const kai: RawRow = {
  sourcedId: "kai",
  role: "student",
  givenName: "Kai",
  familyName: "Okafor",
  email: "kai@example.org",
  identifier: "4711",
  orgSourcedIds: "north",
};
const ada: RawRow = { ...kai, sourcedId: "ada", givenName: "Ada", familyName: "Lovelace", email: "ada@example.org", identifier: "4712" };
const sis = (...users: readonly RawRow[]): SisState => ({
  rows: {
    orgs: [school],
    academicSessions: [],
    courses: [],
    classes: [{ sourcedId: "c", title: "Algebra", classType: "scheduled", schoolSourcedId: "north" }],
    users,
    enrollments: [],
  },
});

let districtId: string;
let integrationId: string;

/** A district in which Kai was barred 400 days ago and is still rostered. */
beforeEach(async () => {
  districtId = await newDistrict(db);
  integrationId = await newIntegration(db, districtId);
  await syncOnce(db, districtId, integrationId, sis(kai, ada));
  const [account] = await db.sql<{ id: string }[]>`select id from accounts where district_id = ${districtId} and given_name = 'Kai'`;
  await deactivateAccount(services, operatorScope(districtId), account?.id ?? "");
  await db.sql`update accounts set deactivated_at = now() - interval '400 days' where district_id = ${districtId} and given_name = 'Kai'`;
});

const purge = async () => (await purgeExpired(services, await getDistrict(services, operatorScope(districtId)))).accounts;
const namedKai = async () => [
  ...(await db.sql`
    select status, deactivated_by from accounts where district_id = ${districtId} and given_name = 'Kai'`),
];
const barred = [{ status: "deactivated", deactivated_by: "admin" }];
const longAgo = () =>
  db.sql`update source_records set ended_at = now() - interval '400 days' where district_id = ${districtId} and ended_at is not null`;

test("one whom the SIS still rosters is not purged, so that the next sync does not make the account anew", async () => {
  expect(await purge()).toBe(0);
  await syncOnce(db, districtId, integrationId, sis(kai, ada));
  expect(await namedKai()).toEqual(barred);
});

test("one who was away for a night is not purged in it; one who is away for the whole period is", async () => {
  await syncOnce(db, districtId, integrationId, sis(ada));
  expect(await purge()).toBe(0);
  await syncOnce(db, districtId, integrationId, sis(kai, ada));
  expect(await namedKai()).toEqual(barred);
  await longAgo();
  expect(await purge()).toBe(0);

  await syncOnce(db, districtId, integrationId, sis(ada));
  await longAgo();
  expect(await purge()).toBe(1);
});

test("the bar outlives a change of SIS: the period begins when the integration is removed", async () => {
  await removeIntegration(services, operatorScope(districtId), integrationId);
  expect(await purge()).toBe(0);
  const next = await newIntegration(db, districtId);
  await syncOnce(db, districtId, next, sis({ ...kai, sourcedId: "s-1" }, { ...ada, sourcedId: "s-2" }));
  expect(await namedKai()).toEqual(barred);
  expect(await purge()).toBe(0);
});

test("an account of an integration that was removed before the period began is purged", async () => {
  await removeIntegration(services, operatorScope(districtId), integrationId);
  await db.sql`update integrations set updated_at = now() - interval '400 days' where id = ${integrationId}`;
  expect(await purge()).toBe(1);
});

test("another id, found again by email or number, does not lift the bar", async () => {
  await syncOnce(db, districtId, integrationId, sis({ ...kai, sourcedId: "kai-2" }, ada));
  expect(await namedKai()).toEqual(barred);
  const { email: _, ...withoutEmail } = kai;
  await syncOnce(db, districtId, integrationId, sis({ ...withoutEmail, sourcedId: "kai-3" }, ada));
  expect(await namedKai()).toEqual(barred);
});

test("barring one who left before begins the period anew", async () => {
  await syncOnce(db, districtId, integrationId, sis(kai));
  const [left] = await db.sql<{ id: string }[]>`select id from accounts where district_id = ${districtId} and given_name = 'Ada'`;
  await db.sql`update accounts set deactivated_at = now() - interval '400 days' where id = ${left?.id ?? ""}`;
  await longAgo();
  await deactivateAccount(services, operatorScope(districtId), left?.id ?? "");
  expect(await purge()).toBe(0);
  await syncOnce(db, districtId, integrationId, sis(kai, ada));
  const [now] = await db.sql`select status, deactivated_by from accounts where district_id = ${districtId} and given_name = 'Ada'`;
  expect(now).toEqual(barred[0]);
});
