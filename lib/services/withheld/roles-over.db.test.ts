/** People whose roles are all over (OneRoster 1.2) leave softly: the guard counts and withholds them as it does whoever the SIS has no longer. */
import { afterAll, beforeEach, expect, test } from "vitest";
import { executeNow, newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { defaultSafety, type SafetySettings } from "#lib/roster/guard/settings.ts";
import { listChanges } from "#lib/services/runs/changes.ts";
import { approveRun } from "#lib/services/runs/decide-plan.ts";
import { ChangeFilter } from "#lib/services/runs/filters-schema.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { approveWithheld } from "./decide.ts";
import { withheldPage } from "./read.ts";
import { WithheldFilter } from "./schema.ts";

const { services, close } = await testServices();
afterAll(close);
const { db } = services;

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const people = Array.from({ length: 40 }, (_, n) => `p${n}`);
/** Those before `over` have a role that ended long ago, whose enrollment the SIS goes on telling. */
const told = (over: number): SisState => ({
  version: "1.2",
  rows: {
    orgs: [{ sourcedId: "s1", name: "North", type: "school" }],
    academicSessions: [],
    courses: [],
    classes: [{ sourcedId: "c1", title: "Algebra", schoolSourcedId: "s1", termSourcedIds: "" }],
    users: people.map((id): RawRow => ({ sourcedId: id, givenName: "Given", familyName: `Family ${id}`, email: `${id}@x.example` })),
    roles: people.map((id, n): RawRow => {
      const dates: RawRow = n < over ? { beginDate: day(-400), endDate: day(-200) } : {};
      return { sourcedId: `r-${id}`, userSourcedId: id, role: "student", roleType: "primary", orgSourcedId: "s1", ...dates };
    }),
    enrollments: people.map((id): RawRow => ({ sourcedId: `e-${id}`, classSourcedId: "c1", userSourcedId: id, role: "student" })),
  },
});

let district: string;
let integration: string;
let scope: ReturnType<typeof operatorScope>;
async function begin(safety: SafetySettings) {
  district = await newDistrict(db);
  scope = operatorScope(district);
  integration = await newIntegration(db, district, safety);
  expect(await sync(0)).toMatchObject({ state: "succeeded" });
}
beforeEach(() => begin(defaultSafety));
const sync = (over: number) => syncOnce(db, district, integration, told(over));
const active = async () => {
  const [row] = await db.sql<{ people: number; seats: number }[]>`
    select (select count(*)::int from accounts where district_id = ${district} and status = 'active') as people,
      (select count(*)::int from memberships where district_id = ${district} and status = 'active') as seats`;
  return row;
};
const shown = () => withheldPage(services, scope, integration, WithheldFilter.parse({}));
const reasons = async (runId: string) => {
  const { rows } = await listChanges(services, scope, runId, ChangeFilter.parse({}));
  return new Set(rows.map(({ entity, action, reason }) => `${entity} ${action}: ${reason}`));
};

test("a few go", async () => {
  const run = await sync(3);
  expect(run).toMatchObject({ state: "succeeded", totals: { learner: { deactivated: 3 } } });
  expect(await active()).toEqual({ people: 37, seats: 37 });
  expect(await reasons(run.id)).toEqual(
    new Set(["learner deactivated: all roles are over in the SIS", "membership deactivated: all roles of its person are over in the SIS"]),
  );
  expect(await sync(3)).toMatchObject({ state: "succeeded", changeCount: 0 });
});

test("many wait, night after night, until an admin approves them or the SIS gives them a role again", async () => {
  for (let night = 0; night < 3; night++) {
    expect(await sync(30)).toMatchObject({ state: "succeeded", changeCount: 0, withheldCount: 30 });
    const page = await shown();
    expect([page.total, page.rows[0]?.inSis]).toEqual([30, "all roles are over"]);
    expect(await active()).toEqual({ people: 40, seats: 40 });
  }
  expect(await sync(28)).toMatchObject({ withheldCount: 28 });
  const page = await shown();
  const released = await approveWithheld(services, scope, integration, { hash: page.hash, reason: "They finished in June" });
  expect(released).toMatchObject({ ok: true, count: 28 });
  const runId = released.ok ? released.runId : "";
  expect(await executeNow(db, district, runId, { rows: {} })).toMatchObject({
    state: "succeeded",
    totals: { learner: { deactivated: 28 } },
  });
  expect(await reasons(runId)).toEqual(
    new Set(["learner deactivated: all roles are over in the SIS", "membership deactivated: all roles of its person are over in the SIS"]),
  );
  expect(await active()).toEqual({ people: 12, seats: 12 });
  expect(await sync(28)).toMatchObject({ state: "succeeded", changeCount: 0, withheldCount: 0 });
  expect(await sync(0)).toMatchObject({ state: "succeeded", totals: { learner: { reactivated: 28 } } });
  expect(await active()).toEqual({ people: 40, seats: 40 });
});

test("additions only: nobody leaves for a date", async () => {
  await begin({ ...defaultSafety, additionsOnly: true });
  expect(await sync(2)).toMatchObject({ state: "succeeded", withheldCount: 2 });
  expect(await sync(2)).toMatchObject({ state: "succeeded", withheldCount: 2 });
  expect(await active()).toEqual({ people: 40, seats: 40 });
});

test("where the whole plan is held they are a part of it that can be left out, and then they wait", async () => {
  await begin({ ...defaultSafety, withholdDoubtful: false });
  const held = await sync(30);
  expect(held).toMatchObject({ state: "held" });
  expect(await active()).toEqual({ people: 40, seats: 40 });
  const approval = await approveRun(services, scope, held.id, "manual", {
    without: [{ part: "learners-leave" }],
    shown: null,
    reason: "Ask the school first",
  });
  expect(await executeNow(db, district, approval.ok ? approval.runId : "", { rows: {} })).toMatchObject({ state: "succeeded" });
  expect(await active()).toEqual({ people: 40, seats: 40 });
  expect(await shown()).toMatchObject({ total: 30 });
  expect(await sync(30)).toMatchObject({ state: "succeeded", withheldCount: 30 });
  expect(await active()).toEqual({ people: 40, seats: 40 });
});
