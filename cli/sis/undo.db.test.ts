import { afterAll, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { sis, startWorkerProcess } from "./testing.ts";

const { services, variables, close } = await testServices();
const { db } = services;
afterAll(close);

const school: RawRow = { sourcedId: "s1", name: "North", type: "school" };
const person = (id: string): RawRow => ({ sourcedId: id, role: "student", givenName: "Given", familyName: id, orgSourcedIds: "s1" });
const state = (...users: RawRow[]): SisState => ({ rows: { orgs: [school], users } });

test("sync undo previews, takes back by a worker, and tells why the integration is paused; refusals are told apart", async () => {
  const district = await newDistrict(db);
  const integration = await newIntegration(db, district);
  const first = await syncOnce(db, district, integration, state(person("p1")));
  const run = await syncOnce(db, district, integration, state(person("p1"), person("p2"), person("p3")));
  await db.sql`
    update accounts set family_name = 'Edited', updated_at = now() where district_id = ${district} and family_name = 'p3'`;

  const preview = await sis(variables, "--json", "sync", "undo", run.id, "--preview");
  expect(preview).toMatchObject({
    exitCode: 0,
    json: { runId: run.id, number: 2, leftAloneCount: 1, leftAlone: [{ externalId: "p3", why: "changed since, by hand" }], changeCount: 1 },
  });
  const refused = await sis(variables, "--json", "sync", "undo", first.id);
  expect(refused).toMatchObject({ exitCode: 1, json: { error: { code: "precondition", message: expect.stringContaining("Sync 2") } } });

  const worker = await startWorkerProcess(variables);
  try {
    const undone = await sis(variables, "--json", "sync", "undo", run.id, "--reason", "The wrong file", "--wait");
    expect(undone).toMatchObject({
      exitCode: 0,
      json: { kind: "undo", state: "succeeded", undoOf: { id: run.id }, undoReason: "The wrong file" },
    });
    const { json } = await sis(variables, "--json", "sync", "changes", undone.json.runId);
    expect(json.changes.map(({ action, externalId }: Record<string, string>) => [action, externalId]).sort()).toEqual([
      ["left-alone", "p3"],
      ["removed", "p2"],
    ]);
    const told = await sis(variables, "sync", "show", run.id);
    expect(told.stdout).toMatch(/taken back by +Undo 3/);
    const paused = await sis(variables, "integration", "show", integration);
    expect(paused.stdout).toMatch(/paused because +The wrong file/);
    const twice = await sis(variables, "sync", "undo", run.id, "--preview");
    expect(twice.stderr).toContain("This sync was taken back already.");
    const words = await sis(variables, "sync", "undo", first.id, "--preview");
    // Whoever was changed by hand stays, and so does the school.
    expect(words.stdout).toContain("Taking back Sync 1 would change 1 record and pause the integration. Nothing has changed yet.");
    expect(words.stdout).toMatch(/school +s1 +North +classrooms or people belong to it that stay/);
  } finally {
    worker.process.kill("SIGTERM");
    await worker.ended;
  }
}, 900_000);
