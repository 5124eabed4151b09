import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newIntegration, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { holdsEverything } from "#lib/roster/testing/safety.ts";
import { getRun } from "#lib/services/runs/read.ts";
import { openDistrict } from "#sandbox/district/live.ts";
import { letDaysPass } from "./testing/calendar.ts";
import { districtRows, type Rows, stateOf } from "./testing/district-rows.ts";

/** What only the days before tell. */
let database: TestDatabase;
let district: string;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database.close();
});
beforeEach(async () => {
  district = await newDistrict(database.db);
});

const start = districtRows(openDistrict({ users: 300, seed: 3 }).today);

/** Without the learners whose place among all is `isGone`. */
function without(rows: Rows, isGone: (place: number) => boolean): Rows {
  const learners = rows.users.filter(({ role }) => role === "student").map(({ sourcedId }) => sourcedId ?? "");
  const gone = new Set(learners.filter((_, place) => isGone(place)));
  return {
    ...rows,
    users: rows.users.filter(({ sourcedId }) => !gone.has(sourcedId ?? "")),
    enrollments: rows.enrollments.filter(({ userSourcedId }) => !gone.has(userSourcedId ?? "")),
  };
}

/** Spread over schools and grades, which follow the place. */
const share = (percent: number) => (place: number) => (place * 37 + 5) % 101 < percent;
const eleventh = (rows: Rows) => without(rows, share(9));
const detectorsOf = (run: Awaited<ReturnType<typeof syncOnce>>) => [...new Set(run.findings?.map(({ detector }) => detector))];

describe("9% of the learners on each of five days running", () => {
  test("are held on the first by the length of the list", async () => {
    const integration = await newIntegration(database.db, district, holdsEverything);
    expect((await syncOnce(database.db, district, integration, stateOf(start))).state).toBe("succeeded");
    const run = await syncOnce(database.db, district, integration, stateOf(eleventh(start)));
    expect([run.state, detectorsOf(run)]).toEqual(["held", ["cut-off"]]);
  });

  test("are held on the second by the week, where the list may be of any length", async () => {
    const integration = await newIntegration(database.db, district, { ...holdsEverything, maxFewerRowsPercent: 100 });
    await syncOnce(database.db, district, integration, stateOf(start));
    const states: string[] = [];
    let rows = start;
    for (let day = 1; day <= 5; day++) {
      await letDaysPass(database.db, district, 1);
      rows = eleventh(rows);
      const run = await syncOnce(database.db, district, integration, stateOf(rows));
      states.push(run.state);
      if (day === 2) {
        expect(detectorsOf(run)).toEqual(["week-withdrawals"]);
        expect(run.heldBecause).toEqual([
          expect.stringMatching(/^With this sync \d+ of 276 learners \(18%\) would be gone within seven days/),
        ]);
      }
    }
    expect(states).toEqual(["succeeded", "held", "held", "held", "held"]);
  });

  test("are ordinary again a week later, and where an admin approved them", async () => {
    const integration = await newIntegration(database.db, district, { ...holdsEverything, maxFewerRowsPercent: 100 });
    await syncOnce(database.db, district, integration, stateOf(start));
    const some = without(start, share(17));
    const held = await syncOnce(database.db, district, integration, stateOf(some));
    expect(held.state).toBe("held");
    expect((await syncOnce(database.db, district, integration, stateOf(some), { kind: "approval", planRunId: held.id })).state).toBe(
      "succeeded",
    );
    await letDaysPass(database.db, district, 1);
    const more = eleventh(some);
    expect((await syncOnce(database.db, district, integration, stateOf(more))).findings).toEqual([]);
    await letDaysPass(database.db, district, 8);
    expect((await syncOnce(database.db, district, integration, stateOf(eleventh(more)))).state).toBe("succeeded");
  });
});

test("all five teachers of a small district are held", async () => {
  const integration = await newIntegration(database.db, district, { ...holdsEverything, maxFewerRowsPercent: 100 });
  const teachers = start.users.filter(({ role }) => role === "teacher").slice(0, 5);
  const others = start.users.filter(({ role }) => role !== "teacher");
  const rows: Rows = { ...start, users: [...teachers, ...others] };
  await syncOnce(database.db, district, integration, stateOf(rows));
  const run = await syncOnce(database.db, district, integration, stateOf({ ...rows, users: others }));
  expect(run.state).toBe("held");
  expect(run.heldBecause).toContainEqual("The sync would deactivate 5 of 5 teachers (100%); the limit is 10%.");
});

test("a first sync that finds many of its people in Aivo waits, and is ordinary after that", async () => {
  const first = await newIntegration(database.db, district, holdsEverything);
  await syncOnce(database.db, district, first, stateOf(start));
  const second = await newIntegration(database.db, district, holdsEverything);
  const renamed: Rows = {
    ...start,
    users: start.users.map((row) => ({ ...row, sourcedId: `new-${row.sourcedId}` })),
    enrollments: start.enrollments.map((row) => ({ ...row, userSourcedId: `new-${row.userSourcedId}` })),
  };
  const run = await syncOnce(database.db, district, second, stateOf(renamed));
  expect([run.state, detectorsOf(run)]).toEqual(["held", ["first-matches"]]);
  expect(run.findings?.[0]?.examples).toHaveLength(5);
  expect((await syncOnce(database.db, district, second, stateOf(renamed), { kind: "approval", planRunId: run.id })).state).toBe(
    "succeeded",
  );
  expect((await syncOnce(database.db, district, second, stateOf(renamed))).state).toBe("succeeded");
});

test("what is held says who, by the id of changes, and the audit log names nobody", async () => {
  const integration = await newIntegration(database.db, district, holdsEverything);
  await syncOnce(database.db, district, integration, stateOf(start));
  const run = await syncOnce(database.db, district, integration, stateOf(without(start, (place) => place % 3 === 0)));
  expect(run.state).toBe("held");
  const [entry] = await database.db.sql<{ details: string }[]>`
    select details::text as details from audit_entries where district_id = ${district} and action = 'run-held'`;
  expect(entry?.details).toContain('"detector": "withdrawals"');
  const stored = JSON.stringify([run.findings, entry?.details]);
  const names = start.users.map(({ familyName = "", givenName = "" }) => `${givenName} ${familyName}`);
  for (const name of names) expect(stored).not.toContain(name);
  // Whoever may look at the run sees five of them, before and after.
  const { findings } = await getRun(database, operatorScope(district), run.id);
  const found = findings.find(({ detector }) => detector === "withdrawals");
  expect(found).toMatchObject({ title: "Many would be deactivated", level: "hold" });
  expect(found?.examples).toHaveLength(5);
  for (const { label, fields } of found?.examples ?? []) {
    expect(names).toContain(label);
    expect(fields).toEqual([{ field: "Status", before: "Active", after: "Deactivated" }]);
  }
});
