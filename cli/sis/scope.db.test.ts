import { afterAll, expect, test } from "vitest";
import { newIntegration, type RawRow, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { sis, startWorkerProcess } from "./testing.ts";

const { services, variables, close } = await testServices();
const { db } = services;
afterAll(close);

const person = (id: string, school: string): RawRow => ({
  sourcedId: id,
  role: "student",
  givenName: "Given",
  familyName: id,
  orgSourcedIds: school,
});

test("a scope is counted, set, applied from memory and shown from the command line", async () => {
  const district = await newDistrict(db);
  const integration = await newIntegration(db, district);
  const orgs = ["s1", "s2"].map((id) => ({ sourcedId: id, name: `School ${id}`, type: "school" }));
  await syncOnce(db, district, integration, { rows: { orgs, users: [person("p1", "s1"), person("p2", "s2"), person("p3", "s2")] } });

  const choices = await sis(variables, "--json", "scope", "choices", integration, "schools", "--search", "s2");
  expect(choices.json).toMatchObject({ total: 1, rows: [{ id: "s2", name: "School s2", count: 2 }] });
  const preview = await sis(variables, "scope", "preview", integration, "--schools", "s2", "--outside", "withdraw");
  expect(preview.stdout).toContain("Leaves 2 learners and 1 school out.");
  expect(preview.stdout).toContain("they are withdrawn, unless another integration has them");
  const wrong = await sis(variables, "--json", "scope", "set", integration, "--grades", "14th");
  expect(wrong).toMatchObject({ exitCode: 1, json: { error: { code: "invalid" } } });

  const set = await sis(variables, "--json", "scope", "set", integration, "--schools", "s2", "--outside", "withdraw");
  expect(set.json).toMatchObject({ isChanged: true, scope: { schools: ["s2"], outside: "withdraw" } });
  expect((await sis(variables, "scope", "show", integration)).stdout).toContain("No sync has applied this yet");
  const worker = await startWorkerProcess(variables);
  try {
    const run = await sis(variables, "--json", "sync", "run", integration, "--from-memory", "--wait");
    expect(run).toMatchObject({ exitCode: 0, json: { state: "succeeded", totals: { learner: { deactivated: 2 } } } });
    const shown = await sis(variables, "--json", "scope", "show", integration);
    expect(shown.json).toMatchObject({ isApplied: true, named: { schools: [{ name: "School s2" }] } });
    expect(shown.json.counts).toContainEqual({ entity: "learner", total: 3, out: 2, inAivo: 0, leaving: 0, back: 0 });
    // A list that is not named stays.
    await sis(variables, "scope", "set", integration, "--kinds", "courses");
    expect((await sis(variables, "scope", "show", integration)).stdout).toMatch(/schools +School s2\n.*\n.*\n.*\nkinds +courses/);
    await sis(variables, "scope", "set", integration, "--everything");
    const back = await sis(variables, "--json", "sync", "run", integration, "--from-memory", "--wait");
    expect(back.json).toMatchObject({ totals: { learner: { reactivated: 2 } } });
  } finally {
    worker.process.kill("SIGTERM");
    await worker.ended;
  }
});
