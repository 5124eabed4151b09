import { afterAll, expect, test } from "vitest";
import { newIntegration, type RawRow, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { sis, startWorkerProcess } from "./testing.ts";

const { services, variables, close } = await testServices();
const { db } = services;
afterAll(close);

const school: RawRow = { sourcedId: "s1", name: "North", type: "school" };
const person = (id: string): RawRow => ({ sourcedId: id, role: "student", givenName: "Given", familyName: id, orgSourcedIds: "s1" });

test("integration remove says whom it means, asks what becomes of them, and deactivates by a worker what was previewed", async () => {
  const district = await newDistrict(db);
  const integration = await newIntegration(db, district);
  await syncOnce(db, district, integration, { rows: { orgs: [school], users: [person("p1"), person("p2")] } });
  const remove = (...more: string[]) => sis(variables, "--json", "integration", "remove", integration, ...more);

  const asked = await remove("--reason", "Over");
  expect(asked).toMatchObject({
    exitCode: 1,
    json: { error: { code: "usage", message: expect.stringContaining("--people leave or deactivate") } },
  });
  expect(asked.json.error.message).toContain("It cannot be undone: credentials and decisions are erased.");
  expect((await remove("--preview")).json.numbers.counts).toContainEqual({ kind: "learner", alone: 2, shared: 0, edited: 0 });
  expect((await remove("--people", "leave")).json.error).toMatchObject({ code: "invalid", fields: { reason: expect.any(String) } });

  const worker = await startWorkerProcess(variables);
  try {
    const preview = await remove("--people", "deactivate", "--reason", "Over", "--preview", "--wait");
    expect(preview).toMatchObject({ exitCode: 0, json: { run: { state: "previewed", disconnects: true, changeCount: 3 } } });
    const changes = await sis(variables, "--json", "sync", "changes", preview.json.run.id, "--entity", "learner");
    expect(changes.json.changes.map(({ label }: { label: string }) => label).sort()).toEqual(["Given p1", "Given p2"]);
    const done = await sis(variables, "--json", "sync", "approve", preview.json.run.id, "--wait");
    expect(done).toMatchObject({ exitCode: 0, json: { state: "succeeded", disconnects: true, disconnectReason: "Over" } });
  } finally {
    worker.process.kill("SIGTERM");
    await worker.ended;
  }
  expect((await sis(variables, "--json", "integration", "list", "--district", district)).json).toEqual([]);
  expect(await db.sql`select from accounts where district_id = ${district} and status = 'active'`).toHaveLength(0);
}, 900_000);
