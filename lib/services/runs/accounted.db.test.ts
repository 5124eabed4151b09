import { afterAll, beforeEach, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { newDistrict } from "#lib/platform/testing/database.ts";
import { unaccounted } from "#lib/roster/row-totals.ts";
import { getPerson } from "#lib/services/people/read.ts";
import { listIssueGroups, listIssues } from "#lib/services/runs/issues.ts";
import { testServices } from "#lib/services/testing/services.ts";

const { services, database, close } = await testServices();
let district: string;
let integration: string;
afterAll(close);
beforeEach(async () => {
  district = await newDistrict(database.db);
  integration = await newIntegration(database.db, district);
});

const person = (id: string, fields: RawRow = {}): RawRow => ({
  sourcedId: id,
  role: "student",
  givenName: "Given",
  familyName: id,
  email: `${id}@x.example`,
  identifier: id,
  orgSourcedIds: "s1",
  ...fields,
});
const enrollment = (id: string, person: string, fields: RawRow = {}): RawRow => ({
  sourcedId: id,
  classSourcedId: "c1",
  userSourcedId: person,
  role: "student",
  ...fields,
});
const whole = {
  orgs: [
    { sourcedId: "s1", name: "North", type: "school" },
    { sourcedId: "d1", name: "Office", type: "district" },
  ],
  classes: [{ sourcedId: "c1", title: "Class", schoolSourcedId: "s1" }],
  users: [person("p1"), person("p2"), person("p3"), person("t1", { role: "teacher" }), person("adm", { role: "administrator" })],
  enrollments: [enrollment("e1", "p1"), enrollment("e2", "t1", { role: "teacher" })],
};
const sync = async (rows: SisState["rows"], options: Partial<SisState> = {}) => {
  const run = await syncOnce(database.db, district, integration, { rows, ...options });
  expect(run.state, JSON.stringify(run.failure)).toBe("succeeded");
  return run;
};
const groupsOf = (runId: string) => listIssueGroups(services, operatorScope(district), runId);
const issuesOf = async (runId: string, code: string) =>
  (await listIssues(services, operatorScope(district), runId, { code, sort: "found", page: 1 } as never)).rows;

test("every row that was read is accounted for, by collection, whatever became of it", async () => {
  await sync(whole);
  const rows = {
    ...whole,
    users: [
      person("p1"),
      person("p1"),
      person("p2", { givenName: "Renamed" }),
      person("p3", { status: "tobedeleted" }),
      person("p4"),
      person("p5", { role: "wizard" }),
      person("", { identifier: "nobody's" }),
      person("twice", { email: "" }),
      person("twice", { email: "other@x.example" }),
      person("t1", { role: "teacher" }),
      person("adm", { role: "administrator" }),
    ],
    enrollments: [
      ...whole.enrollments,
      enrollment("e3", "p1", { beginDate: "2026-09-01" }),
      enrollment("e4", "p5"),
      enrollment("e5", "adm", { role: "teacher" }),
      enrollment("e6", "p2", { role: "aide" }),
      enrollment("e7", "p4", { status: "tobedeleted" }),
    ],
  };
  const run = await sync(rows, { fingerprint: "same" });
  const of = {
    again: 0,
    created: 0,
    updated: 0,
    reactivated: 0,
    linked: 0,
    unchanged: 0,
    repeated: 0,
    skipped: 0,
    notRostered: 0,
    outOfScope: 0,
    withdrawn: 0,
  };
  expect(run.input?.became).toEqual({
    orgs: { ...of, read: 2, unchanged: 1, notRostered: 1 },
    classes: { ...of, read: 1, unchanged: 1 },
    users: { ...of, read: 11, created: 1, updated: 1, unchanged: 2, repeated: 1, skipped: 4, notRostered: 1, withdrawn: 1 },
    enrollments: { ...of, read: 7, unchanged: 1, linked: 1, repeated: 1, skipped: 2, notRostered: 1, withdrawn: 1 },
  });
  const same = await sync(rows, { fingerprint: "same" });
  expect(same.input?.became?.users).toEqual({ ...of, read: 11, unchanged: 4, repeated: 1, skipped: 4, notRostered: 1, withdrawn: 1 });
  const delta = await sync({ users: [person("p6")], enrollments: [enrollment("e8", "p6")] }, { mode: "delta" });
  expect(delta.input?.became?.enrollments).toMatchObject({ read: 1, created: 1 });
  // Whose address somebody else has now, too, is planned again.
  const shared = await sync({ users: [person("p7", { email: "p2@x.example" })] }, { mode: "delta" });
  expect(shared.input?.became?.users).toMatchObject({ read: 1, created: 1, again: 1, unchanged: 1 });
});

test("a row that no rule accounts for fails the run", () => {
  const of = {
    again: 0,
    created: 1,
    updated: 0,
    reactivated: 0,
    linked: 0,
    unchanged: 0,
    repeated: 0,
    skipped: 0,
    notRostered: 0,
    outOfScope: 0,
    withdrawn: 0,
  };
  expect(unaccounted({ users: { ...of, read: 1 } })).toEqual([]);
  expect(unaccounted({ users: { ...of, read: 2 } })).toEqual(["users: 2 read, 0 taken up again, 1 accounted for"]);
});

test("staff enrolled as teacher or co-teacher are left out with an issue, also when changes bring the enrollment", async () => {
  const run = await sync({
    ...whole,
    users: [...whole.users, person("aid", { role: "aide" })],
    enrollments: [
      ...whole.enrollments,
      enrollment("e5", "adm", { role: "teacher", primary: "true" }),
      enrollment("e6", "aid", { role: "teacher", primary: "false" }),
    ],
  });
  expect(run.totals?.membership).toMatchObject({ created: 2, skipped: 2 });
  const issues = await issuesOf(run.id, "enrollment-not-rostered");
  expect(issues.map(({ externalId, value, severity }) => [externalId, value, severity])).toEqual([
    ["e5", "adm", "error"],
    ["e6", "aid", "error"],
  ]);
  const delta = await sync({ enrollments: [enrollment("e7", "adm", { role: "teacher" })] }, { mode: "delta" });
  expect((await issuesOf(delta.id, "enrollment-not-rostered")).map(({ externalId }) => externalId)).toContain("e7");
});

test("one unusable person or class is one issue, which counts the enrollments that go with it", async () => {
  const many = (prefix: string, count: number, fields: (n: number) => RawRow) =>
    Array.from({ length: count }, (_, n) => enrollment(`${prefix}${n}`, "p1", fields(n)));
  const state = {
    ...whole,
    users: [...whole.users, person("bad", { role: "wizard" }), person("both"), person("both", { givenName: "Other" })],
    classes: [...whole.classes, { sourcedId: "c2", title: "No school", schoolSourcedId: "s9" }],
    enrollments: [
      ...whole.enrollments,
      ...many("a", 54, () => ({ userSourcedId: "bad" })),
      ...many("b", 3, () => ({ userSourcedId: "both" })),
      ...many("c", 7, () => ({ classSourcedId: "c2" })),
      ...many("d", 5, () => ({ userSourcedId: "nobody" })),
    ],
  };
  const run = await sync(state);
  expect(run.totals?.membership).toMatchObject({ created: 2, skipped: 69 });
  const errors = (await groupsOf(run.id)).filter((group) => group.severity === "error");
  expect(errors.map(({ code, count }) => `${code} ${count}`).sort()).toEqual([
    "id-conflict 1",
    "reference-school 1",
    "reference-user 1",
    "value-unknown 1",
  ]);
  const [unusable] = await issuesOf(run.id, "value-unknown");
  expect(unusable?.kept).toMatch(/; and 54 enrollments of theirs left out$/);
  expect((await issuesOf(run.id, "reference-school"))[0]?.kept).toMatch(/; and 7 enrollments of it left out$/);
  expect((await issuesOf(run.id, "reference-user"))[0]).toMatchObject({ externalId: "d0", value: "nobody" });
  expect((await issuesOf(run.id, "reference-user"))[0]?.kept).toMatch(/; and 4 enrollments more left out$/);
  // They wait for the person all the same, and come when changes bring them.
  const delta = await sync({ users: [person("bad")], enrollments: [] }, { mode: "delta" });
  expect(delta.totals?.membership).toMatchObject({ created: 1 });
});

test("of very many issues of one cause all are kept and counted", async () => {
  const count = 10_500;
  const useless = Array.from({ length: count }, (_, n) => person(`bad${n}`, { role: "wizard" }));
  const waiting = Array.from({ length: count }, (_, n) => enrollment(`w${n}`, `later${n}`));
  const run = await sync({ ...whole, users: [...whole.users, ...useless], enrollments: [...whole.enrollments, ...waiting] });
  const groups = await groupsOf(run.id);
  expect(groups.filter(({ severity }) => severity === "error").map(({ code, count }) => [code, count])).toEqual([
    ["reference-user", count],
    ["value-unknown", count],
  ]);
  expect(run.issueCount).toBe(groups.reduce((sum, group) => sum + group.count, 0));
  const [waits] = await database.db
    .sql`select count(*)::int as count from source_records where district_id = ${district} and collection = 'enrollments' and fate = 'waiting'`;
  expect(waits?.count).toBe(count);
});

test("an issue names whom it is about, who never arrived too, and is found from them until it is resolved", async () => {
  const rows = {
    ...whole,
    users: [...whole.users, person("p4", { email: "broken" }), person("odd", { role: "wizard" })],
    enrollments: [...whole.enrollments, enrollment("e9", "p1", { role: "teacher" })],
  };
  const run = await sync(rows);
  const subjectOf = async (code: string) => (await issuesOf(run.id, code)).map(({ externalId, subject }) => [externalId, subject]);
  expect(await subjectOf("email-invalid")).toEqual([["p4", "Given p4"]]);
  expect(await subjectOf("value-unknown")).toEqual([["odd", "Given odd"]]);
  expect(await subjectOf("enrollment-role")).toEqual([["e9", "Given p1 in Class"]]);
  const [account] = await database.db.sql<{ id: string }[]>`select id from accounts where district_id = ${district} and family_name = 'p4'`;
  const issuesOfPerson = async () =>
    (await getPerson(services, operatorScope(district), "learner", account?.id ?? "")).origins.flatMap(({ issues }) => issues);
  expect(await issuesOfPerson()).toMatchObject([{ runId: run.id, severity: "warning" }]);

  const mended = await sync({ ...rows, users: [...rows.users.filter(({ sourcedId }) => sourcedId !== "p4"), person("p4")] });
  expect(await issuesOfPerson()).toEqual([]);
  expect([mended.issueCount, mended.issuesOpened, mended.issuesResolved]).toEqual([run.issueCount - 1, 0, 1]);
  const list = (state: string) =>
    listIssues(services, operatorScope(district), mended.id, { state, sort: "found", page: 1 } as never).then((page) => page.rows);
  expect((await list("resolved")).map(({ code, externalId }) => [code, externalId])).toEqual([["email-invalid", "p4"]]);
  expect(await list("new")).toEqual([]);
  expect(await list("continuing")).toHaveLength(mended.issueCount);
});
