import { afterAll, expect, test } from "vitest";
import { executeNow, newIntegration, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { sis } from "./testing.ts";

const { services, variables, close } = await testServices();
afterAll(close);
const { db } = services;

const state = (as: string): SisState => ({
  rows: {
    orgs: [{ sourcedId: "s1", name: "North", type: "school" }],
    academicSessions: [
      { sourcedId: "y", title: "Year", type: "schoolYear", startDate: "2026-08-01", endDate: "2099-06-01", schoolYear: "2099" },
    ],
    classes: ["Algebra", "Biology"].map((title) => ({
      sourcedId: `${as}${title}`,
      title,
      schoolSourcedId: "s1",
      termSourcedIds: "y",
    })),
    users: [{ sourcedId: "p1", role: "student", givenName: "Ann", familyName: "Li", orgSourcedIds: "s1" }],
    enrollments: [],
  },
});

test("re-issued classes are listed, declined, decided and taken back on the command line", async () => {
  const district = await newDistrict(db);
  const integration = await newIntegration(db, district, { ...defaultSafety, maxReissued: 0 });
  await syncOnce(db, district, integration, state("old-"));
  const held = await syncOnce(db, district, integration, state("new-"));
  expect(held.state).toBe("held");
  const decisions = (...words: string[]) => sis(variables, "class-decisions", ...words, "--json");
  const listed = await decisions("reissued", held.id);
  expect(listed.json).toMatchObject({
    total: 2,
    classes: [
      { name: "Algebra", externalId: "new-Algebra", matchedBy: "Matched by equal values" },
      { name: "Biology", externalId: "new-Biology" },
    ],
  });
  expect(await decisions("decline", held.id, "nothing", "--reason", "asked")).toMatchObject({
    exitCode: 1,
    json: { error: { code: "conflict" } },
  });
  const declined = await decisions("decline", held.id, "new-Biology", "--reason", "asked");
  expect(declined.json.declined).toBe(1);
  const again = await executeNow(db, district, declined.json.runId, state("new-"));
  expect((await decisions("reissued", again.id)).json.total).toBe(1);

  const [one] = (await decisions("list", "--district", district)).json.decisions;
  expect(one).toMatchObject({ externalId: "new-Biology", classroomName: "Biology", verdict: "another", reason: "asked" });
  const pair = [integration, "new-Biology", one.classroomId];
  const same = await decisions("same", ...pair, "--reason", "after all", "--apply");
  await executeNow(db, district, same.json.runId, { rows: {} });
  expect((await decisions("list", "--district", district)).json.decisions).toMatchObject([{ verdict: "same", reason: "after all" }]);
  expect(await decisions("take-back", ...pair)).toMatchObject({ exitCode: 0 });
  expect(await decisions("take-back", ...pair)).toMatchObject({ exitCode: 1, json: { error: { code: "not-found" } } });
});
