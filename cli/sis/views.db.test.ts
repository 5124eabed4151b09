import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { sis } from "./testing.ts";

const { services, variables, close } = await testServices();
const folder = await mkdtemp(join(tmpdir(), "aivo-views-"));
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

const run = (...words: string[]) => sis(variables, "--json", ...words);
let district: string;
let sam: string;

beforeAll(async () => {
  district = await newDistrict(services.db);
  const [row] = await services.db.orm
    .insert(accounts)
    .values([{ districtId: district, role: "learner", givenName: "Sam", familyName: "Pupil" }])
    .returning({ id: accounts.id });
  sam = row?.id ?? "";
});

const doors = async () => {
  const { json } = await run("audit", "views", "--person", sam);
  return (json.views as { door: string; actorKind: string }[]).map(({ door, actorKind }) => [door, actorKind]);
};

test("what the command line shows of people is recorded as the operator's, once a district asks for it", async () => {
  await run("find", "Pupil", "--district", district);
  expect(await doors()).toEqual([]);
  expect((await run("district", "record-views", district, "maybe")).json.error).toMatchObject({ code: "usage" });
  expect((await run("district", "record-views", district, "on")).json).toEqual({ id: district, recordsViews: true });
  await run("find", "Pupil", "--district", district);
  await sis(variables, "why", "Sam", "--district", district);
  await run("account", "list", "--district", district, "--role", "learner");
  await run("person", "export", sam, "--to", join(folder, "sam.zip"));
  await run("roster", "export", "--district", district, "--to", join(folder, "set"));
  expect(await doors()).toEqual([
    ["sis find", "operator"],
    ["sis why", "operator"],
    ["sis account list", "operator"],
    ["sis person export", "operator"],
    ["sis roster export", "operator"],
  ]);
});

test("they are told as a table, by day and by who looked, and of a whole district", async () => {
  const { stdout } = await sis(variables, "audit", "views", "--district", district, "--actor", "operator");
  expect(stdout).toContain("The operator");
  expect(stdout).toContain(sam);
  expect((await run("audit", "views", "--district", district, "--to", "2020-01-01")).json.views).toEqual([]);
  expect((await run("audit", "views", "--district", district, "--from", "yesterday")).json.error).toMatchObject({ code: "usage" });
  expect((await run("district", "record-views", district, "off")).json).toEqual({ id: district, recordsViews: false });
});
