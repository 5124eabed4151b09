import { afterAll, expect, test } from "vitest";
import { executeNow, newIntegration, syncOnce } from "#lib/engine/testing/sync.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { sis } from "./testing.ts";

const { services, variables, close } = await testServices();
afterAll(close);
const { db } = services;

test("conflicts are listed, shown, decided, applied and taken back on the command line", async () => {
  const district = await newDistrict(db);
  const integration = await newIntegration(db, district);
  for (const givenName of ["Ann", "Anna"])
    await db.orm.insert(accounts).values({ districtId: district, role: "learner", givenName, familyName: "Li", email: "ann@s.example" });
  const rows = {
    orgs: [{ sourcedId: "s1", name: "North", type: "school" }],
    classes: [{ sourcedId: "c1", title: "Algebra", schoolSourcedId: "s1" }],
    users: [{ sourcedId: "p1", role: "student", givenName: "Ann", familyName: "Li", email: "ann@s.example" }],
    enrollments: [],
  };
  await syncOnce(db, district, integration, { rows });
  const list = (...words: string[]) => sis(variables, "conflicts", "list", "--district", district, "--json", ...words);
  const [conflict] = (await list()).json.conflicts;
  expect(conflict).toMatchObject({ code: "match-ambiguous", externalId: "p1", accountCount: 2 });
  expect((await list("--code", "nothing")).json.error.code).toBe("invalid");
  const named = [integration, String(conflict.seq)];
  const shown = await sis(variables, "conflicts", "show", ...named, "--json");
  expect(shown.json).toMatchObject({ candidates: [{ familyName: "Li" }, { familyName: "Li" }] });
  const decide = (...words: string[]) => sis(variables, "conflicts", "decide", ...named, "--reason", "asked", "--json", ...words);
  expect(await decide("--who", "nobody")).toMatchObject({ exitCode: 1, json: { error: { code: "invalid" } } });
  expect(await decide("--who", "new", "--shown", "0".repeat(64))).toMatchObject({ exitCode: 1, json: { error: { code: "conflict" } } });
  const { json } = await decide("--who", shown.json.candidates[0].id, "--shown", shown.json.shown, "--apply");
  const run = await executeNow(db, district, json.runId, { rows: {} });
  expect(run.state).toBe("succeeded");
  expect((await list()).json.conflicts).toEqual([]);
  const [decision] = (await list("--state", "decided")).json.decisions;
  expect(decision).toMatchObject({ state: "followed", account: { id: shown.json.candidates[0].id }, decidedByName: null });
  const back = await sis(variables, "conflicts", "take-back", integration, decision.evidence, "--reason", "too quick", "--json");
  expect(back).toMatchObject({ exitCode: 0, json: { isAskedAgain: true } });
  await syncOnce(db, district, integration, { rows });
  expect((await list()).json.conflicts).toMatchObject([{ code: "match-takeover", externalId: "p1" }]);
});

test("whose values win is shown, tried and set on the command line", async () => {
  const district = await newDistrict(db);
  const [first, second] = [await newIntegration(db, district), await newIntegration(db, district)];
  const order = (...words: string[]) => sis(variables, "integration", "order", "--district", district, "--json", ...words);
  expect((await order()).json).toMatchObject({ order: [first, second], kinds: {} });
  expect((await order("--first", second, "--preview")).json).toMatchObject({ preview: [] });
  expect((await order("--first", second, "--kind", `people=${first}`)).json).toMatchObject({
    order: [second, first],
    kinds: { account: [first, second] },
  });
  expect((await order()).json.order).toEqual([second, first]);
  expect(await order("--kind", "rooms=x")).toMatchObject({ exitCode: 1, json: { error: { code: "usage" } } });
  expect((await order("--field", `people.email=${first}`, "--preview")).json).toMatchObject({ preview: [] });
  expect((await order("--field", `people.email=${second}`, "--field", `classes.terms=${second},${first}`)).json).toMatchObject({
    order: [second, first],
    kinds: { account: [first, second] },
    fields: { "account.email": [second, first] },
  });
  const words = await sis(variables, "integration", "order", "--district", district);
  expect(words.stdout).toContain("people.email");
  expect((await order("--field", "people.email=")).json).toMatchObject({ kinds: { account: [first, second] }, fields: {} });
  for (const field of ["rooms.x=", "people.periods="])
    expect(await order("--field", field)).toMatchObject({ exitCode: 1, json: { error: { code: "usage" } } });
});
