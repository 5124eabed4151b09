import { afterAll, beforeEach, expect, test } from "vitest";
import { executeNow, newIntegration, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { applyDecisions } from "./decide.ts";
import { countConflicts, listConflicts, listDecisions } from "./read.ts";
import { countNamesakes, decideSamePeople } from "./same-people.ts";
import { ConflictFilter } from "./schema.ts";

/** A SIS without addresses and numbers gives all its ids anew: one question about everybody. */
const { services, close } = await testServices();
afterAll(close);
const { db } = services;
let district = "";
let integration = "";
beforeEach(async () => {
  district = await newDistrict(db);
  integration = await newIntegration(db, district, defaultSafety);
});
const scope = () => operatorScope(district);
const reason = "the SIS was moved to another server";

const learners = Array.from({ length: 20 }, (_, n) => n);
const state = (as: string, who = learners): SisState => ({
  rows: {
    orgs: [{ sourcedId: "s1", name: "North", type: "school" }],
    academicSessions: [],
    courses: [],
    classes: [{ sourcedId: "c1", title: "Algebra", schoolSourcedId: "s1" }],
    users: who.map((n) => ({ sourcedId: `${as}${n}`, role: "student", givenName: `Given${n}`, familyName: "Li", orgSourcedIds: "s1" })),
    enrollments: who.map((n) => ({ sourcedId: `e-${as}${n}`, classSourcedId: "c1", userSourcedId: `${as}${n}`, role: "student" })),
  },
});
const sync = async (given: SisState) => {
  const run = await syncOnce(db, district, integration, given);
  expect([run.state, run.failure]).toEqual(["succeeded", null]);
  return run;
};
const active = async () => {
  const rows = await db.sql`
    select a.id from accounts a join memberships m on m.district_id = a.district_id and m.account_id = a.id and m.status = 'active'
    where a.district_id = ${district} and a.status = 'active' order by a.id`;
  return rows.map(({ id }) => id);
};

test("all are kept by one decision, applied without the SIS, and each can be taken back", async () => {
  await sync(state("old-"));
  const before = await active();
  await sync(state("new-"));
  expect(await active()).toEqual(before);
  const [asked] = await countNamesakes(services, scope());
  expect(asked).toMatchObject({ integrationId: integration, count: 20, shown: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(await decideSamePeople(services, scope(), integration, { reason, shown: asked?.shown })).toBe(20);
  expect(await countConflicts(services, scope())).toMatchObject({ open: 0 });
  const applied = await applyDecisions(services, scope(), integration);
  const run = await executeNow(db, district, applied.ok ? applied.runId : "", state("new-"));
  expect([run.state, run.failure]).toEqual(["succeeded", null]);
  expect(await active()).toEqual(before);
  expect((await sync(state("new-"))).changeCount).toBe(0);
  expect((await listDecisions(services, scope(), ConflictFilter.parse({}))).total).toBe(20);
});

test("others than were shown are refused, and one alone is no question about all", async () => {
  await sync(state("old-"));
  await sync(state("new-", learners.slice(0, 12).concat(learners.slice(12))));
  const [asked] = await countNamesakes(services, scope());
  await db.sql`update accounts set given_name = 'Else' where district_id = ${district} and given_name = 'Given3'`;
  await expect(decideSamePeople(services, scope(), integration, { reason, shown: asked?.shown })).rejects.toMatchObject({
    code: "conflict",
  });
  await expect(decideSamePeople(services, scope(), integration, { reason: "", shown: asked?.shown })).rejects.toMatchObject({
    code: "invalid",
  });
  expect((await listConflicts(services, scope(), ConflictFilter.parse({}))).total).toBe(20);

  const other = await newIntegration(db, district, defaultSafety);
  expect((await countNamesakes(services, scope())).map(({ integrationId }) => integrationId)).not.toContain(other);
  await expect(decideSamePeople(services, scope(), other, { reason, shown: asked?.shown })).rejects.toMatchObject({ code: "not-found" });
});
