/** Why somebody is who they are, or is nobody, where the SIS tells roles apart from people (OneRoster 1.2). */
import { afterAll, beforeEach, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, setScope, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { getPerson } from "#lib/services/people/read.ts";
import { listChanges } from "#lib/services/runs/changes.ts";
import { ChangeFilter } from "#lib/services/runs/filters-schema.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { whyPerson } from "./person.ts";
import { searchWhy } from "./search.ts";

const { services, close } = await testServices();
afterAll(close);
const { db } = services;

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const user = (id: string): RawRow => ({ sourcedId: id, givenName: id, familyName: "Ade", email: `${id}@s.example` });
const role = (person: string, word: string, org: string, more: RawRow = {}): RawRow => ({
  sourcedId: `${person} ${word} ${org}`,
  userSourcedId: person,
  role: word,
  roleType: "primary",
  orgSourcedId: org,
  ...more,
});
const over = { beginDate: day(-400), endDate: day(-200) };
const state = (roles: readonly RawRow[]): SisState => {
  const people = [...new Set(["anchor", "bare", ...roles.map((one) => one.userSourcedId ?? "")])];
  return {
    version: "1.2",
    rows: {
      orgs: [
        { sourcedId: "north", name: "North High", type: "school" },
        { sourcedId: "south", name: "South High", type: "school" },
      ],
      users: people.map(user),
      roles: [role("anchor", "student", "north"), ...roles],
    },
  };
};

let district: string;
let integration: string;
let scope: ReturnType<typeof operatorScope>;
beforeEach(async () => {
  district = await newDistrict(db);
  integration = await newIntegration(db, district);
  scope = operatorScope(district);
});
const sync = async (...roles: readonly RawRow[]) => {
  const run = await syncOnce(db, district, integration, state(roles));
  expect([run.state, run.failure]).toEqual(["succeeded", null]);
  return run;
};
/** Where somebody is, the link at which they stop, and what stands about their roles. */
async function why(externalId: string) {
  const answer = await whyPerson(services, scope, { integrationId: integration, externalId });
  const links = answer.sources.flatMap((source) => source.links);
  const stops = links.find((link) => link.state === "breaks");
  return {
    where: answer.where,
    answer: answer.answer,
    says: stops?.says,
    remedy: stops?.remedy,
    roles: links.find(({ link }) => link === "roles")?.says,
  };
}

test("whose roles are over: said so, and not that they have a role of that name", async () => {
  await sync(role("left", "teacher", "north"));
  const run = await sync(role("left", "teacher", "north", over), role("new", "teacher", "north", over));
  expect(await why("left")).toEqual({
    where: "deactivated",
    answer: "left Ade is deactivated, by a sync, and cannot sign in.",
    says: expect.stringMatching(/^All roles of this person in Test SIS are over\. The grace time .* left as if/),
    remedy: expect.stringContaining("give them a role in the SIS"),
    roles: expect.stringMatching(/^teacher at North High \(primary, .*, over\)\.$/),
  });
  expect(await why("new")).toMatchObject({
    where: "not-rostered",
    answer: "new Ade is not in Aivo. All roles of this person in Test SIS are over.",
    says: "All roles of this person in Test SIS are over.",
  });
  const [hit] = (await searchWhy(services, scope, "new")).hits;
  expect(hit).toMatchObject({ where: "not-rostered", cause: "All roles that the SIS has of them are over" });
  expect(JSON.stringify([hit, await whyPerson(services, scope, { integrationId: integration, externalId: "left" })])).not.toContain(
    "role-over",
  );
  expect(run.totals?.teacher).toMatchObject({ deactivated: 1 });
  const { rows } = await listChanges(services, scope, run.id, ChangeFilter.parse({ action: "deactivated", entity: "teacher" }));
  expect(rows.map(({ reason }) => reason)).toEqual(["all roles are over in the SIS"]);
});

test("who comes later, is two things at once, has no role, or one that Aivo does not know: each its own words, remedy and roles", async () => {
  await sync(
    role("later", "student", "north", { beginDate: day(30) }),
    role("both", "student", "north"),
    role("both", "teacher", "south"),
    role("coach", "ext:coach", "south"),
    role("head", "principal", "south"),
    role("mum", "parent", "north"),
    role("lost", "student", "nowhere"),
  );
  expect(await why("later")).toMatchObject({
    where: "waits",
    says: expect.stringMatching(/^Person whose role begins later\./),
    roles: expect.stringMatching(/^student at North High \(primary, since .*, not yet\)\.$/),
  });
  expect(await why("both")).toMatchObject({
    where: "waits",
    says: expect.stringMatching(/^Student and teacher at once\./),
    remedy: expect.stringContaining("make only the right one primary"),
    roles: "student at North High (primary); teacher at South High (primary).",
  });
  expect(await why("bare")).toMatchObject({
    where: "waits",
    says: expect.stringMatching(/^New person without a role\./),
    roles: undefined,
  });
  expect(await why("lost")).toMatchObject({
    says: expect.stringMatching(/^New person without a role\./),
    roles: "student at nowhere (primary, waits for what it names).",
  });
  expect(await why("coach")).toMatchObject({
    where: "not-rostered",
    says: expect.stringMatching(/has this person as ext:coach, which is a word of its own/),
    remedy: expect.stringContaining("advanced settings"),
  });
  expect(await why("head")).toMatchObject({ remedy: expect.stringContaining("an enrollment as teacher of a class") });
  expect(await why("mum")).toMatchObject({
    says: "The SIS has this person as parent. Teachers and learners come through, nobody else.",
    roles: "parent at North High (primary, counts for nothing).",
  });
  expect((await why("anchor")).roles).toBe("student at North High (primary).");
});

test("a role that is over is no matter of the scope, and the scope no matter of roles", async () => {
  await sync(role("left", "teacher", "north"), role("out", "teacher", "south"), role("stays", "teacher", "south"));
  await setScope(db, integration, { schools: ["south"], outside: "withdraw" });
  const run = await sync(role("left", "teacher", "north", over), role("out", "teacher", "south"), role("stays", "teacher", "south", over));
  const { rows } = await listChanges(services, scope, run.id, ChangeFilter.parse({ action: "deactivated", entity: "teacher" }));
  expect(Object.fromEntries(rows.map(({ externalId, reason }) => [externalId, reason]))).toEqual({
    left: "all roles are over in the SIS",
    out: "left out of scope",
    stays: "all roles are over in the SIS",
  });
  expect((await why("left")).says).toMatch(/^All roles of this person/);
  expect((await why("out")).says).toMatch(/^Out of the scope/);
  expect(await getPerson(services, scope, "learner", (await idOf("anchor")) ?? "")).toMatchObject({ status: "active" });
});
async function idOf(externalId: string) {
  const [row] = await db.sql<{ id: string }[]>`
    select record_id as id from source_records where integration_id = ${integration} and collection = 'users' and external_id = ${externalId}`;
  return row?.id;
}
