import { afterAll, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { newDistrict } from "#lib/platform/testing/database.ts";
import { testServices } from "#lib/services/testing/services.ts";
import { readCauses } from "./causes.ts";
import { findPastRun } from "./past-run.ts";

const { services, database, close } = await testServices();
afterAll(close);

const person = (id: string, fields: RawRow = {}): RawRow => ({
  sourcedId: id,
  role: "student",
  givenName: "Given",
  familyName: `Family ${id}`,
  email: `${id}@x.example`,
  identifier: id,
  orgSourcedIds: "s1",
  ...fields,
});
const enrolled = (id: string, who: string, classId = "c1"): RawRow => ({
  sourcedId: id,
  classSourcedId: classId,
  userSourcedId: who,
  role: "student",
});

test("what did not come through is counted in people, a line per cause, with those who never arrived and those who can still sign in", async () => {
  const district = await newDistrict(database.db);
  const integration = await newIntegration(database.db, district);
  const scope = operatorScope(district);
  const sync = async (rows: SisState["rows"]) => {
    const run = await syncOnce(database.db, district, integration, { rows });
    expect(run.state, JSON.stringify(run.failure)).toBe("succeeded");
    return run;
  };
  const whole = {
    orgs: [{ sourcedId: "s1", name: "North", type: "school" }],
    classes: [{ sourcedId: "c1", title: "Class", schoolSourcedId: "s1" }],
    users: [person("p1"), person("p2"), person("p3"), person("bad", { role: "wizard" })],
    enrollments: [enrolled("e1", "p1"), enrolled("e2", "p2", "nowhere"), enrolled("e3", "p2", "nowhere either")],
  };
  const first = await sync(whole);
  const opened = await readCauses(services, scope, first.id);
  expect(opened).toMatchObject({ neverArrived: 1, stillSignIn: 0 });
  const ofPeople = opened.causes.filter(({ people }) => people > 0);
  expect(ofPeople.map(({ code, state, nights, count, people, names }) => ({ code, state, nights, count, people, names }))).toEqual([
    { code: "reference-class", state: "new", nights: 1, count: 2, people: 1, names: ["Given Family p2"] },
    { code: "value-unknown", state: "new", nights: 1, count: 1, people: 1, names: ["Given Family bad"] },
  ]);
  await database.db.sql`update sync_runs set started_at = now() - interval '2 days' where district_id = ${district} and id = ${first.id}`;

  // p3 is no longer listed, and a row without an id is theirs; the class of one enrollment is there now.
  const second = await sync({
    ...whole,
    classes: [...whole.classes, { sourcedId: "nowhere", title: "Other", schoolSourcedId: "s1" }],
    users: [person("p1"), person("p2"), person("", { identifier: "p3", email: "p3@x.example" }), person("bad", { role: "wizard" })],
  });
  const later = await readCauses(services, scope, second.id);
  expect(later).toMatchObject({ neverArrived: 2, stillSignIn: 1 });
  expect(
    Object.fromEntries(later.causes.filter(({ people }) => people > 0).map((cause) => [`${cause.code} ${cause.state}`, cause.nights])),
  ).toEqual({
    "id-missing new": 1,
    "reference-class continuing": 3,
    "reference-class resolved": null,
    "value-unknown continuing": 3,
    "withdrawals-suspended new": 1,
  });
  expect(await readCauses(services, scope, first.id)).toMatchObject({ neverArrived: 1, stillSignIn: 0 });

  expect(await findPastRun(services, scope, { integrationId: integration, number: second.number })).toMatchObject({
    number: first.number,
    rows: { users: 4, enrollments: 3 },
    issueCounts: { "reference-class": { enrollments: 2 }, "value-unknown": { users: 1 } },
    steps: [{ phase: "connect" }, { phase: "read" }, { phase: "normalise" }, { phase: "match" }, { phase: "guard" }, { phase: "apply" }],
  });
  expect(await findPastRun(services, scope, { integrationId: integration, number: first.number })).toBeNull();
});
