/** Roles that a SIS tells apart from people (OneRoster 1.2) name whose they are: they go, and come along, wherever the person does. */
import { buffer } from "node:stream/consumers";
import { afterAll, beforeEach, expect, test } from "vitest";
import { executeNow, newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { getDistrict } from "#lib/services/districts/read.ts";
import { disconnectIntegration } from "#lib/services/integrations/disconnect.ts";
import { approveRun } from "#lib/services/runs/decide-plan.ts";
import { findText } from "#lib/services/testing/find-text.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { unzip } from "#lib/services/testing/unzip.ts";
import { loadBarred } from "./barred-ids.ts";
import { erasePerson } from "./erase.ts";
import { exportPerson } from "./export-person.ts";
import { forgetWithdrawn } from "./forget.ts";
import { purgeExpired } from "./purge.ts";

const { services, close } = await testServices();
afterAll(close);
const { db } = services;

/** As ids of roles are over REST: they have the person's in them. */
const role = (user: string, org: string, more: RawRow = {}): RawRow => ({
  sourcedId: `${user}|${org}|${more.role ?? "student"}`,
  userSourcedId: user,
  role: "student",
  roleType: "primary",
  orgSourcedId: org,
  ...more,
});
const user = (id: string): RawRow => ({ sourcedId: id, givenName: `Given ${id}`, familyName: `Family ${id}`, email: `${id}@x.example` });
const him = "zq12-person";
const state = (roles: readonly RawRow[], users: readonly RawRow[] = [user(him), user("her")]): SisState => ({
  version: "1.2",
  rows: {
    orgs: [
      { sourcedId: "s1", name: "North", type: "school" },
      { sourcedId: "s2", name: "South", type: "school" },
    ],
    users,
    roles: [role("her", "s1"), ...roles],
  },
});

let district: string;
let integration: string;
let scope: ReturnType<typeof operatorScope>;
beforeEach(async () => {
  district = await newDistrict(db);
  scope = operatorScope(district);
  integration = await newIntegration(db, district);
});
const sync = async (given: SisState) => {
  const run = await syncOnce(db, district, integration, given, { loadBarred: (one) => loadBarred(services, one.districtId, one.id) });
  expect([run.state, run.failure]).toEqual(["succeeded", null]);
  return run;
};
const accountOf = async (externalId: string) => {
  const [row] = await db.sql<{ id: string; status: string; schools: number }[]>`
    select a.id, a.status, cardinality(a.school_ids) as schools from source_records m join accounts a on a.district_id = m.district_id and a.id = m.record_id
    where m.district_id = ${district} and m.integration_id = ${integration} and m.collection = 'users' and m.external_id = ${externalId}`;
  return row;
};
const traces = async () => (await findText(db.sql, [him])).filter((place) => place.includes(district));
const rolesKept = async () =>
  (
    await db.sql<{ id: string; fate: string }[]>`
      select external_id as id, fate from source_records where integration_id = ${integration} and collection = 'roles' order by 1`
  ).map(({ id, fate }) => `${id}: ${fate}`);

/** With a role that counts, one that waits, one that cannot be read, one that was another, and one that is gone. */
async function aHistory(): Promise<string> {
  const odd = role(him, "s1", { role: "aide", endDate: "soon" });
  await sync(state([role(him, "s1"), role(him, "s2"), role(him, "nowhere"), odd]));
  await sync(state([role(him, "s1", { endDate: "2999-01-01" }), role(him, "nowhere"), odd]));
  const account = await accountOf(him);
  expect(account).toMatchObject({ status: "active", schools: 1 });
  return account?.id ?? "";
}

test("erased on request: no table has a trace of any role, and syncs pass by those that the SIS goes on telling", async () => {
  const id = await aHistory();
  expect((await traces()).map((place) => place.split(":")[0])).toEqual(
    expect.arrayContaining(["public.source_records", "public.source_record_changes", "public.issues"]),
  );
  await erasePerson(services, scope, id, { reason: "Asked", name: `Given ${him} Family ${him}` });
  expect(await traces()).toEqual([]);
  const after = await sync(state([role(him, "s1"), role(him, "nowhere")]));
  expect(after.timeline.map(({ note }) => note)).toContain("3 rows left out: about people who were erased on request");
  expect(await traces()).toEqual([]);
  expect(await rolesKept()).toEqual(["her|s1|student: rostered"]);
});

test("in one person's data stand their roles, and nobody else's", async () => {
  const id = await aHistory();
  const files = await unzip(await buffer(await exportPerson(services, scope, id)));
  const said: readonly { collection: string; external_id: string; role?: string }[] = JSON.parse(files["what-each-sis-said.json"] ?? "");
  expect(
    said
      .filter(({ collection }) => collection === "roles")
      .map(({ external_id }) => external_id)
      .sort(),
  ).toEqual([`${him}|nowhere|student`, `${him}|s1|aide`, `${him}|s1|student`, `${him}|s2|student`]);
  expect(files["issues.json"]).toContain(`${him}|s1|aide`);
  expect(Object.values(files).join("")).not.toContain("her|s1");
});

test("purged with the account after the period, also those that were emptied before and that the SIS tells still", async () => {
  await aHistory();
  const days = 86_400_000;
  const later = (count: number) => ({ ...services, now: () => new Date(Date.now() + count * days) });
  await sync(state([], [user("her")]));
  expect(await accountOf(him)).toMatchObject({ status: "deactivated" });
  const settings = await getDistrict(services, scope);
  // What was said of roles goes first, and whose they were stays with the person for as long.
  await forgetWithdrawn(later(366), settings);
  expect(await rolesKept()).toContain(`${him}|s2|student: withdrawn`);
  expect(await purgeExpired(later(366), settings)).toMatchObject({ accounts: 1 });
  expect(await traces()).toEqual([]);
  expect(await rolesKept()).toEqual(["her|s1|student: rostered"]);
});

test("an integration that is disconnected forgets roles, whether people stay or leave", async () => {
  for (const people of ["leave", "deactivate"] as const) {
    district = await newDistrict(db);
    scope = operatorScope(district);
    integration = await newIntegration(db, district);
    await aHistory();
    const asked = await disconnectIntegration(
      services,
      scope,
      integration,
      { people, reason: "New SIS" },
      { isPreview: people === "deactivate" },
    );
    if (asked.ok && asked.runId !== null) {
      expect(await executeNow(db, district, asked.runId, state([]))).toMatchObject({ state: "previewed" });
      const approval = await approveRun(services, scope, asked.runId);
      expect(approval).toMatchObject({ ok: true });
      expect(await executeNow(db, district, approval.ok ? approval.runId : "", state([]))).toMatchObject({ state: "succeeded" });
    }
    expect(await accountOf(him)).toMatchObject({ status: people === "leave" ? "active" : "deactivated" });
    expect(await rolesKept()).toEqual([]);
    const [history] = await db.sql`
      select count(*)::int as count from source_record_changes where district_id = ${district} and collection = 'roles' and before is not null`;
    expect(history).toEqual({ count: 0 });
  }
});
