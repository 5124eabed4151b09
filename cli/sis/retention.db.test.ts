import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { newIntegration, type RawRow, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { unzip } from "#lib/services/testing/unzip.ts";
import { sis } from "./testing.ts";

const { services, variables, close } = await testServices();
const { db } = services;
const folder = await mkdtemp(join(tmpdir(), "aivo-retention-"));
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

const school: RawRow = { sourcedId: "s1", name: "North", type: "school" };
const person = (id: string): RawRow => ({ sourcedId: id, role: "student", givenName: "Given", familyName: id, orgSourcedIds: "s1" });
const run = (...words: string[]) => sis(variables, "--json", ...words);

async function aDistrict() {
  const district = await newDistrict(db);
  const integration = await newIntegration(db, district);
  await syncOnce(db, district, integration, { rows: { orgs: [school], users: [person("p1"), person("p2")] } });
  const idOf = async (name: string) => {
    const [row] = await db.sql<{ id: string }[]>`select id from accounts where district_id = ${district} and family_name = ${name}`;
    return row?.id ?? "";
  };
  return { district, one: await idOf("p1"), two: await idOf("p2") };
}

test("retention lists, holds and releases; a person is exported and erased, and what is left out is listed and let in", async () => {
  const { district, one, two } = await aDistrict();
  await db.sql`
    update accounts set status = 'deactivated', deactivated_at = now() - interval '400 days' where id in (${one}, ${two})`;
  await db.sql`
    update source_records set rostered = false, fate = 'withdrawn', ended_at = now() - interval '400 days' where record_id in (${one}, ${two})`;
  const list = () => run("retention", "list", "--district", district);
  expect((await list()).json).toMatchObject({ people: 2, heldBack: 0, tonight: [{ name: "Given p1" }, { name: "Given p2" }] });
  expect((await run("retention", "hold", one, "--reason", "A complaint")).exitCode).toBe(0);
  expect((await list()).json).toMatchObject({ people: 1, heldBack: 1, tonight: [{ id: two }] });
  expect((await run("retention", "holds", "--district", district)).json.holds).toMatchObject([{ accountId: one, reason: "A complaint" }]);
  expect((await run("person", "erase", one, "--name", "Given p1", "--reason", "Asked")).json.error.code).toBe("precondition");
  expect((await run("retention", "release", one)).json).toEqual({ id: one, held: false });

  const file = join(folder, "one.zip");
  expect((await run("person", "export", one, "--to", file)).json).toEqual({ id: one, file });
  expect(JSON.parse((await unzip(await readFile(file)))["account.json"] ?? "")).toMatchObject([{ family_name: "p1" }]);
  expect((await run("person", "erase", one, "--preview")).json).toMatchObject({ name: "Given p1", integrations: [{ isRostered: false }] });
  expect((await run("person", "erase", one, "--name", "Given p2", "--reason", "Asked")).json.error.fields).toHaveProperty("name");
  expect((await run("person", "erase", one, "--name", "Given p1", "--reason", "Asked")).json).toMatchObject({ id: one, barred: 1 });
  expect((await run("person", "export", one, "--to", file)).json.error.code).toBe("not-found");
  const { barred } = (await run("retention", "barred", "--district", district)).json;
  expect(barred).toMatchObject([{ reason: "Asked" }]);
  expect((await run("retention", "unbar", barred[0].id, "--district", district)).json.barred).toBe(false);
});

test("a district is suspended, exported and deleted, and that stands in the list of what was", async () => {
  const { district } = await aDistrict();
  const name = (await run("district", "list")).json.find(({ id }: { id: string }) => id === district).name;
  const words = ["district", "delete", district, "--name", name, "--reason", "Over"];
  expect((await run(...words)).json.error.code).toBe("precondition");
  expect((await run("district", "suspend", district, "--reason", "Over")).json).toMatchObject({ state: "suspended" });
  expect((await sis(variables, "district", "list")).stdout).toContain("suspended since");
  const exported = await run("district", "export", district, "--to", join(folder, "all.zip"));
  expect(exported.json.rows).toMatchObject({ accounts: 2, districts: 1 });
  expect((await run(...words)).json).toMatchObject({ id: district, rows: { accounts: 2 } });
  expect((await run("district", "deleted")).json).toMatchObject([{ id: district, name, reason: "Over", endedAt: expect.any(String) }]);
  expect((await run("district", "resume", district)).json.error.code).toBe("not-found");
  expect((await run("audit", "verify")).exitCode).toBe(0);
});
