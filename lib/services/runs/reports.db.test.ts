import { afterAll, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { forgetPlan } from "#lib/platform/db/waiting-plans.ts";
import { newDistrict, testDatabase } from "#lib/platform/testing/database.ts";
import { noTotals } from "#lib/roster/totals.ts";
import { exportChanges, listChanges } from "./changes.ts";
import type { IssueFilter } from "./filters-schema.ts";
import { exportIssues, getIssue, listIssueGroups, listIssues } from "./issues.ts";
import { eachRun, getRun, listRuns } from "./read.ts";
import type { ChangeRow, IssueRow } from "./schema.ts";

const { db, close } = await testDatabase();
afterAll(close);
const services = { db, env: { historyMonths: 24 }, now: () => new Date() };

const orgs: RawRow[] = [{ sourcedId: "north", name: "North High", type: "school", identifier: "17" }];
const academicSessions: RawRow[] = [
  { sourcedId: "fall", title: "Fall", type: "semester", startDate: "2026-08-15", endDate: "2026-12-20", schoolYear: "2027" },
];
const courses: RawRow[] = [{ sourcedId: "alg", title: "Algebra", orgSourcedId: "north" }];
const classes: RawRow[] = [
  {
    sourcedId: "alg-1",
    title: "Algebra 1",
    classType: "scheduled",
    courseSourcedId: "alg",
    schoolSourcedId: "north",
    termSourcedIds: "fall",
  },
];
const ada: RawRow = {
  sourcedId: "ada",
  role: "student",
  givenName: "Ada",
  familyName: "Lovelace",
  email: "ada@example.org",
  grades: "05",
  orgSourcedIds: "north",
  enabledUser: "true",
};
const enrollments: RawRow[] = [
  { sourcedId: "e1", classSourcedId: "alg-1", userSourcedId: "ada", schoolSourcedId: "north", role: "student" },
];

const sis = (users: readonly RawRow[], fingerprint?: string): SisState => ({
  rows: { orgs, academicSessions, courses, classes, users, enrollments },
  ...(fingerprint && { fingerprint }),
});

const all: IssueFilter = { sort: "found", page: 1 };
const badGrade = (n: number): RawRow => ({ ...ada, sourcedId: `bad-${n}`, email: `bad${n}@example.org`, grades: `Year ${n}%` });

async function district() {
  const districtId = await newDistrict(db);
  return { districtId, scope: operatorScope(districtId), integrationId: await newIntegration(db, districtId) };
}

test("changes say what became what, with names for ids and fields", async () => {
  const { districtId, scope, integrationId } = await district();
  const first = await syncOnce(db, districtId, integrationId, sis([ada]));
  const created = await listChanges(services, scope, first.id, { page: 1 });
  expect(created.total).toBe(6);
  expect(created.counts).toMatchObject({ school: { created: 1 }, learner: { created: 1 }, membership: { created: 1 } });
  expect(created.rows.map((change) => change.label)).toEqual([
    "North High",
    "Fall",
    "Algebra",
    "Algebra 1",
    "Ada Lovelace",
    "Ada Lovelace in Algebra 1",
  ]);
  const values = created.rows.map(({ fields }) => fields.map(({ field, after }) => `${field}: ${after}`).join(", "));
  expect(values).toEqual([
    "School number: 17",
    "Type: Semester, Begins: Aug 15, 2026, Ends: Dec 20, 2026, School year: 2027",
    "",
    "Kind of class: Scheduled class, Course: Algebra, School: North High, Terms: Fall",
    "Email: ada@example.org, Grade: Grade 5, Schools: North High",
    "Role: Learner",
  ]);
  expect(created.rows.some(({ fields, isNoLongerKept }) => isNoLongerKept || fields.some(({ before }) => before !== null))).toBe(false);

  const south: RawRow = { sourcedId: "south", name: "South High", type: "school" };
  const moved = sis([{ ...ada, grades: "06", orgSourcedIds: "south" }]);
  const second = await syncOnce(db, districtId, integrationId, { rows: { ...moved.rows, orgs: [...orgs, south] } });
  const { rows, total } = await listChanges(services, scope, second.id, { entity: "learner", action: "updated", page: 1 });
  expect(total).toBe(1);
  expect(rows[0]).toMatchObject({ label: "Ada Lovelace", externalId: "ada", record: { kind: "learner", status: "active" } });
  expect(rows[0]?.fields).toEqual(
    expect.arrayContaining([
      { field: "Grade", before: "Grade 5", after: "Grade 6" },
      { field: "Schools", before: "North High", after: "South High" },
    ]),
  );
  // What a record was created with is told, whatever becomes of it.
  const gone = await syncOnce(db, districtId, integrationId, { rows: { ...moved.rows, orgs: [{ ...orgs[0], identifier: "18" }, south] } });
  expect(gone.totals?.school.updated).toBe(1);
  const [north] = (await listChanges(services, scope, first.id, { entity: "school", page: 1 })).rows;
  expect(north?.fields).toEqual([{ field: "School number", before: null, after: "17" }]);
  const [since] = (await listChanges(services, scope, first.id, { entity: "learner", page: 1 })).rows;
  expect(since).toMatchObject({ label: "Ada Lovelace", isNoLongerKept: false });
  expect(since?.fields.map(({ field, after }) => `${field}: ${after}`)).toEqual([
    "Email: ada@example.org",
    "Grade: Grade 5",
    "Schools: North High",
  ]);
  expect((await listChanges(services, scope, second.id, { search: "lovel", page: 1 })).rows.map((change) => change.entity)).toEqual([
    "learner",
  ]);
  expect((await listChanges(services, scope, second.id, { search: "nobody", page: 1 })).total).toBe(0);
  expect((await listChanges(services, scope, second.id, { page: 99 })).rows).toEqual([]);
});

test("a preview names the records that it would create", async () => {
  const { districtId, scope, integrationId } = await district();
  const preview = await syncOnce(db, districtId, integrationId, sis([ada]), { kind: "preview" });
  expect((await getRun(services, scope, preview.id)).isPlanCurrent).toBe(true);
  const { rows } = await listChanges(services, scope, preview.id, { page: 1 });
  expect(rows.map((change) => change.label)).toContain("Ada Lovelace in Algebra 1");
  expect(rows.find((change) => change.entity === "classroom")?.fields).toContainEqual({
    field: "School",
    before: null,
    after: "North High",
  });
  const found = await listChanges(services, scope, preview.id, { search: "lovelace", page: 1 });
  expect(found.rows.map((change) => change.entity)).toEqual(["learner", "membership"]);
  await syncOnce(db, districtId, integrationId, sis([ada]), { kind: "approval", planRunId: preview.id });
  const approved = await getRun(services, scope, preview.id);
  expect(approved.approvalRunId).not.toBeNull();
  expect((await listChanges(services, scope, approved.approvalRunId ?? "", { page: 1 })).total).toBe(rows.length);
});

test("what another integration links is counted as linked, and as nothing else", async () => {
  const { districtId, scope, integrationId } = await district();
  await syncOnce(db, districtId, integrationId, sis([ada]));
  const preview = await syncOnce(db, districtId, await newIntegration(db, districtId), sis([ada]), { kind: "preview" });
  const { totals, changeCount } = await getRun(services, scope, preview.id);
  expect(changeCount).toBe(6);
  for (const entity of ["school", "term", "course", "classroom", "learner", "membership"] as const)
    expect(totals?.[entity]).toEqual({ ...noTotals, linked: 1 });
  const { counts } = await listChanges(services, scope, preview.id, { page: 1 });
  expect(counts).toMatchObject({ learner: { linked: 1 }, membership: { linked: 1 } });
  await forgetPlan(db.sql, preview.id);
});

test("issues lead from the cause to one record and its line", async () => {
  const { districtId, scope, integrationId } = await district();
  const run = await syncOnce(db, districtId, integrationId, sis([ada, ...Array.from({ length: 60 }, (_, n) => badGrade(n))], "same"));
  const groups = await listIssueGroups(services, scope, run.id);
  expect(groups.map(({ code, count }) => ({ code, count }))).toEqual([{ code: "grade-unknown", count: 60 }]);
  expect(groups[0]?.example).toMatchObject({ field: "grades", sourcePart: "users.csv", sourcePosition: 3 });
  expect(groups[0]?.example.records).toMatchObject([{ kind: "learner", status: "active" }]);

  const second = await listIssues(services, scope, run.id, { ...all, code: "grade-unknown", page: 2 });
  expect([second.total, second.rows.length]).toEqual([60, 10]);
  // A percent sign is text to search for, not a wildcard.
  expect((await listIssues(services, scope, run.id, { ...all, search: "9%" })).total).toBe(6);
  expect((await listIssues(services, scope, run.id, { ...all, collection: "orgs" })).total).toBe(0);

  const [first] = (await listIssues(services, scope, run.id, { ...all, sort: "line" })).rows;
  const issue = await getIssue(services, scope, run.id, first?.seq ?? 0);
  expect(issue).toMatchObject({ value: "Year 0%", sourcePosition: 3, externalId: "bad-0", ordinal: 1, ofCause: 60, previousSeq: null });
  expect(issue.nextSeq).not.toBeNull();
  expect(issue.definition.remedy).not.toBe("");

  const again = await syncOnce(db, districtId, integrationId, sis([], "same"));
  expect((await getRun(services, scope, again.id)).sameAsRunId).toBe(run.id);
  expect((await listIssueGroups(services, scope, again.id))[0]?.count).toBe(60);
  expect((await getIssue(services, scope, again.id, issue.seq)).value).toBe("Year 0%");
});

test("downloads hold every row that the filter shows, and stand in the audit log", async () => {
  const { districtId, scope, integrationId } = await district();
  const run = await syncOnce(db, districtId, integrationId, sis([ada, ...Array.from({ length: 2300 }, (_, n) => badGrade(n))]));
  const issues: IssueRow[] = [];
  await exportIssues(services, scope, run.id, { ...all, search: "Year 1", page: 7 }, async (rows) => void issues.push(...rows));
  expect(issues).toHaveLength((await listIssues(services, scope, run.id, { ...all, search: "Year 1" })).total);
  const changes: ChangeRow[] = [];
  await exportChanges(services, scope, run.id, { entity: "learner", page: 3 }, async (rows) => void changes.push(...rows));
  expect(changes).toHaveLength(2301);
  expect(new Set(changes.map((change) => change.seq)).size).toBe(2301);
  const audited =
    await db.sql`select action from audit_entries where district_id = ${districtId} and action like '%-exported' order by seq`;
  expect(audited.map((entry) => entry.action)).toEqual(["issues-exported", "changes-exported"]);
});

test("the history is paged, filtered, and one's own district's alone", async () => {
  const { districtId, scope, integrationId } = await district();
  for (let n = 0; n < 3; n++) await syncOnce(db, districtId, integrationId, sis([ada]));
  const preview = await syncOnce(db, districtId, integrationId, sis([ada]), { kind: "preview" });
  const runs = await listRuns(services, scope, integrationId, { page: 1 });
  expect(runs.rows.map((run) => run.state)).toEqual(["previewed", "succeeded", "succeeded", "succeeded"]);
  expect((await listRuns(services, scope, integrationId, { outcome: "failed", page: 1 })).total).toBe(0);
  const exported = [];
  for await (const page of eachRun(services, scope, integrationId, "succeeded")) exported.push(...page);
  expect(exported).toHaveLength(3);

  const stranger = operatorScope(await newDistrict(db));
  const notFound = { code: "not-found" };
  await expect(listRuns(services, stranger, integrationId, { page: 1 })).rejects.toMatchObject(notFound);
  await expect(getRun(services, stranger, preview.id)).rejects.toMatchObject(notFound);
  await expect(listChanges(services, stranger, preview.id, { page: 1 })).rejects.toMatchObject(notFound);
  await expect(listIssueGroups(services, stranger, preview.id)).rejects.toMatchObject(notFound);
  await expect(getRun(services, scope, "not-an-id")).rejects.toMatchObject(notFound);
  await forgetPlan(db.sql, preview.id);
});
