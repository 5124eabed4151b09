import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Source } from "#lib/engine/sis/source.ts";
import {
  executeNow,
  newIntegration,
  openIssues,
  type RawRow,
  type SisState,
  type SyncOptions,
  syncOnce,
} from "#lib/engine/testing/sync.ts";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { auditEntries, syncRuns } from "#lib/platform/db/schema/index.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import { unaccounted } from "#lib/roster/row-totals.ts";
import { requestRun } from "#lib/services/runs/write.ts";
import { newDistrict, type TestServices, testServices } from "#lib/services/testing/services.ts";
import { approveWithheld } from "#lib/services/withheld/decide.ts";
import { withheldPage } from "#lib/services/withheld/read.ts";
import { WithheldFilter } from "#lib/services/withheld/schema.ts";
import { getScope, previewScope, scopeChoices } from "./read.ts";
import { consequencesInWords, inWords } from "./schema.ts";
import { setScope } from "./write.ts";

let tested: TestServices;
let district: string;
let integration: string;
let access: DistrictScope;
beforeAll(async () => {
  tested = await testServices();
});
afterAll(() => tested.close());
beforeEach(async () => {
  district = await newDistrict(tested.database.db);
  access = operatorScope(district);
  integration = await newIntegration(tested.database.db, district);
});

const person = (id: string, fields: RawRow = {}): RawRow => ({
  sourcedId: id,
  role: "student",
  givenName: `Given ${id}`,
  familyName: "Family",
  email: `${id}@x.example`,
  identifier: id,
  grades: "03",
  orgSourcedIds: "north",
  ...fields,
});
const classOf = (id: string, school: string, fields: RawRow = {}): RawRow => ({
  sourcedId: id,
  title: `Class ${id}`,
  schoolSourcedId: school,
  courseSourcedId: "algebra",
  termSourcedIds: "fall",
  ...fields,
});
const enrolled = (id: string, classId: string, who: string, role = "student"): RawRow => ({
  sourcedId: id,
  classSourcedId: classId,
  userSourcedId: who,
  role,
});
const users = [
  person("n1"),
  person("n2", { grades: "12" }),
  person("s1", { orgSourcedIds: "south" }),
  person("s2", { orgSourcedIds: "south,office" }),
  person("both", { orgSourcedIds: "north,south" }),
  person("tn", { role: "teacher" }),
  person("ts", { role: "teacher", orgSourcedIds: "south" }),
];
const sis = (fields: Partial<Record<"users" | "classes" | "enrollments", readonly RawRow[]>> = {}): SisState => ({
  rows: {
    orgs: [
      ...["north", "south"].map((id) => ({ sourcedId: id, name: `School ${id}`, type: "school", identifier: id })),
      { sourcedId: "office", name: "Office", type: "district", identifier: "0" },
    ],
    academicSessions: [
      { sourcedId: "fall", title: "Fall", type: "term", startDate: "2026-08-01", endDate: "2026-12-20" },
      { sourcedId: "spring", title: "Spring", type: "term", startDate: "2027-01-05", endDate: "2027-06-10" },
    ],
    courses: [
      { sourcedId: "algebra", title: "Algebra", courseCode: "ALG" },
      { sourcedId: "lunch", title: "Lunch", courseCode: "LUN" },
    ],
    classes: [
      classOf("cn", "north"),
      classOf("cs", "south"),
      classOf("cl", "north", { courseSourcedId: "lunch", termSourcedIds: "fall,spring" }),
    ],
    users,
    enrollments: [
      enrolled("e1", "cn", "n1"),
      enrolled("e2", "cn", "n2"),
      enrolled("e3", "cs", "s1"),
      enrolled("e4", "cs", "both"),
      enrolled("e5", "cn", "both"),
      enrolled("e6", "cn", "ts", "teacher"),
      enrolled("e7", "cl", "n1"),
    ],
    ...fields,
  },
});

const sync = (state: SisState, options: SyncOptions = {}, which = integration) =>
  syncOnce(tested.database.db, district, which, state, options);
const leaveOut = (scope: unknown, which = integration) => setScope(tested.services, access, which, scope);
/** Who would be asked. */
const nobodyAnswers: Source = {
  provider: "oneroster-csv",
  async *check() {},
  extract: () => Promise.reject(new Error("the SIS was asked")),
};
const fromMemory = (options: SyncOptions = {}) => sync({ rows: {} }, { fromMemory: true, source: nobodyAnswers, ...options });

/** By the SIS's id, what is in the roster: + active, - deactivated. */
async function roster(which = integration): Promise<string> {
  const rows = await tested.database.db.sql<{ id: string }[]>`
    select case r.status when 'active' then '+' else '-' end || m.external_id as id from source_records m join (
      select id, status from schools where district_id = ${district} union all select id, status from terms where district_id = ${district}
      union all select id, status from courses where district_id = ${district} union all select id, status from classrooms where district_id = ${district}
      union all select id, status from accounts where district_id = ${district} union all select id, status from memberships where district_id = ${district}
    ) r on r.id = m.record_id where m.integration_id = ${which} order by m.external_id collate "C"`;
  return rows.map(({ id }) => id).join(" ");
}
const nameOf = async (id: string) => {
  const [row] = await tested.database.db.sql<{ name: string }[]>`
    select a.given_name as name from accounts a join source_records m on m.district_id = a.district_id and m.record_id = a.id
    where m.district_id = ${district} and m.external_id = ${id} limit 1`;
  return row?.name;
};
const all = "+algebra +both +cl +cn +cs +e1 +e2 +e3 +e4 +e5 +e6 +e7 +fall +lunch +n1 +n2 +north +s1 +s2 +south +spring +tn +ts";
const withoutSouth = "+algebra +both +cl +cn +e1 +e2 +e5 +e7 +fall +lunch +n1 +n2 +north +spring +tn";

describe("what a scope leaves out", () => {
  test.each([
    ["a school with its classes, who is there alone, and what they are enrolled in", { schools: ["south"] }, withoutSouth],
    ["a grade of learners", { grades: ["12"] }, all.replace(" +e2", "").replace(" +n2", "")],
    ["a course with its classes", { courses: ["lunch"] }, all.replace(" +cl", "").replace(" +e7", "").replace(" +lunch", "")],
    ["a term, and classes that are in no other", { terms: ["spring"] }, all.replace(" +spring", "")],
    ["courses, without which classes come all the same", { kinds: ["courses"] }, all.replace("+algebra ", "").replace(" +lunch", "")],
    ["classes with all memberships", { kinds: ["classes"] }, "+algebra +both +fall +lunch +n1 +n2 +north +s1 +s2 +south +spring +tn +ts"],
    ["teachers with their memberships", { kinds: ["teachers"] }, all.replace(" +e6", "").replace(" +tn +ts", "")],
  ])("%s", async (_, scope, expected) => {
    await leaveOut(scope);
    const run = await sync(sis());
    expect(run.state).toBe("succeeded");
    expect(await roster()).toBe(expected);
    expect(unaccounted(run.input?.became ?? {})).toEqual([]);
    // What is left out is no fault of the SIS.
    expect((await openIssues(tested.database.db, run.id)).map(({ code }) => code)).toEqual([]);
    const again = await sync(sis());
    expect(again).toMatchObject({ changeCount: 0, sourceChangeCount: 0, input: { outOfScope: run.input?.outOfScope } });
    await leaveOut({});
    await fromMemory();
    expect(await roster()).toBe(all);
  });

  test("is counted before it is set, and is what a sync leaves out then", async () => {
    await sync(sis());
    const { counts } = await previewScope(tested.services, access, integration, { schools: ["south"], outside: "withdraw" });
    expect(inWords(counts, "out")).toBe("2 learners, 1 teacher, 1 class, 3 memberships and 1 school");
    expect(await getScope(tested.services, access, integration)).toMatchObject({ isApplied: true, counts: [] });
    await leaveOut({ schools: ["south"], outside: "leave" });
    expect(await getScope(tested.services, access, integration)).toMatchObject({ isApplied: false, isRead: true });
    const run = await fromMemory();
    expect(run.input?.outOfScope).toEqual({ learner: 2, teacher: 1, classroom: 1, membership: 3, school: 1 });
    const { counts: after } = await previewScope(tested.services, access, integration, { grades: ["12"] });
    expect(consequencesInWords(after, { outside: "leave" })).toEqual([
      "Leaves 1 learner and 1 membership out.",
      "Of these Aivo has 1 learner and 1 membership; they stay as they are.",
      "Brings 2 learners, 1 teacher, 1 class, 3 memberships and 1 school back.",
    ]);
  });
});

test("what is left as it is stays, whatever the SIS says of it, until the SIS has it no longer", async () => {
  await sync(sis());
  await leaveOut({ schools: ["south"] });
  expect(await fromMemory()).toMatchObject({ state: "succeeded", changeCount: 0 });
  expect(await roster()).toBe(all);
  const renamed = users.map((row): RawRow => ({ ...row, givenName: "Renamed" }));
  await sync(sis({ users: [...renamed, person("s3", { orgSourcedIds: "south" })] }));
  expect([await nameOf("n1"), await nameOf("s1"), await nameOf("s3")]).toEqual(["Renamed", "Given s1", undefined]);
  await sync(sis({ users: renamed.filter(({ sourcedId }) => sourcedId !== "s1") }));
  expect(await roster()).toBe(all.replace("+e3", "-e3").replace("+s1", "-s1"));
  await leaveOut({});
  await fromMemory();
  expect(await nameOf("s2")).toBe("Renamed");
});

test("what is withdrawn goes by the limits of the guard, waits for an approval, and comes back with the scope", async () => {
  integration = await newIntegration(tested.database.db, district, { ...defaultSafety, minDeactivated: 1, minSchoolDeactivated: 1 });
  await sync(sis());
  await leaveOut({ schools: ["south"], outside: "withdraw" });
  expect((await fromMemory({ kind: "preview" })).state).toBe("previewed");
  expect(await roster()).toBe(all);
  await fromMemory();
  const filter = WithheldFilter.parse({});
  const waiting = await withheldPage(tested.services, access, integration, filter);
  expect(waiting.total).toBeGreaterThan(0);
  expect(new Set(waiting.rows.map(({ inSis }) => inSis))).toEqual(new Set(["out of scope"]));
  // Night after night it waits, and does not pile up.
  const night = await sync(sis());
  expect(night).toMatchObject({ changeCount: 0, withheldOpened: 0 });
  expect((await withheldPage(tested.services, access, integration, filter)).hash).toBe(waiting.hash);
  const approved = await approveWithheld(tested.services, access, integration, { hash: waiting.hash, reason: "South left us" });
  expect(approved.ok && (await executeNow(tested.database.db, district, approved.runId, { rows: {} })).state).toBe("succeeded");
  const gone = "+algebra +both +cl +cn -cs +e1 +e2 -e3 -e4 +e5 -e6 +e7 +fall +lunch +n1 +n2 +north -s1 -s2 -south +spring +tn -ts";
  expect(await roster()).toBe(gone);
  expect(await sync(sis())).toMatchObject({ changeCount: 0, withheldCount: 0 });
  await leaveOut({});
  await fromMemory();
  expect(await roster()).toBe(all);
});

test("a record that one integration leaves out is supplied by the other", async () => {
  const second = await newIntegration(tested.database.db, district);
  await sync(sis());
  const named = sis({ users: users.map((row) => ({ ...row, givenName: "Second" })) });
  await sync(named, {}, second);
  expect(await nameOf("n2")).toBe("Given n2");
  await leaveOut({ grades: ["12"], outside: "withdraw" });
  await fromMemory();
  // The second one has the learner still.
  expect(await roster()).toContain("+n2");
  await sync(named, {}, second);
  expect([await nameOf("n2"), await nameOf("n1")]).toEqual(["Second", "Given n1"]);
  await leaveOut({ grades: ["12"] });
  await sync(sis());
  await leaveOut({});
  await fromMemory();
  expect(await nameOf("n2")).toBe("Given n2");
});

test("an export without its column of grades brings nobody in", async () => {
  await leaveOut({ grades: ["12"] });
  await sync(sis());
  const withoutGrades = users.map(({ grades: _, ...row }) => row);
  expect((await sync(sis({ users: withoutGrades }))).state).toBe("succeeded");
  expect(await roster()).not.toContain("n2");
});

test("undoing the sync that applied a scope brings back what it withdrew, and leaves the scope, which the next sync applies", async () => {
  await sync(sis());
  await leaveOut({ schools: ["south"], outside: "withdraw" });
  const run = await fromMemory();
  expect(await roster()).not.toBe(all);
  expect((await sync(sis(), { undoOf: run })).state).toBe("succeeded");
  expect(await roster()).toBe(all);
  expect((await getScope(tested.services, access, integration)).scope.schools).toEqual(["south"]);
  await fromMemory();
  expect(await roster()).toContain("-south");
});

test("a changed scope discards the plan that waits, and is audited; the same scope changes nothing", async () => {
  await sync(sis());
  const preview = await sync(sis({ users: users.slice(1) }), { kind: "preview" });
  expect(await leaveOut({ schools: ["south", "south"], kinds: [] })).toBe(true);
  expect(await leaveOut({ schools: ["south"] })).toBe(false);
  const [run] = await tested.database.db.orm.select().from(syncRuns).where(eq(syncRuns.id, preview.id));
  expect(run?.state).toBe("discarded");
  const entries = await tested.database.db.orm
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.districtId, district), eq(auditEntries.action, "scope-changed")));
  expect(entries).toMatchObject([{ details: { schools: { leftOut: ["south"], takenIn: [] }, outside: "leave" } }]);
  await expect(leaveOut({ grades: ["14th"] })).rejects.toMatchObject({ code: "invalid" });
  await expect(leaveOut({ people: [] })).rejects.toMatchObject({ code: "invalid" });
});

test("a run from memory is asked for and audited as one", async () => {
  await sync(sis());
  const requested = await requestRun(tested.services, access, integration, { trigger: "manual", fromMemory: true });
  expect(requested.ok).toBe(true);
  const [run] = await tested.database.db.orm
    .select()
    .from(syncRuns)
    .where(eq(syncRuns.id, requested.ok ? requested.runId : ""));
  expect(run).toMatchObject({ kind: "sync", fromMemory: true });
});

test("lists to choose from are searched, and say how many there are", async () => {
  await sync(sis());
  expect(await scopeChoices(tested.services, access, integration, { list: "schools" })).toEqual({
    rows: [
      { id: "north", name: "School north", hint: "north", count: 3 },
      { id: "south", name: "School south", hint: "south", count: 3 },
    ],
    total: 2,
  });
  expect(await scopeChoices(tested.services, access, integration, { list: "courses", search: "lun" })).toMatchObject({
    rows: [{ id: "lunch", count: 1 }],
    total: 1,
  });
  expect(await scopeChoices(tested.services, access, integration, { list: "terms", ids: ["gone"] })).toMatchObject({
    rows: [{ id: "gone", hint: "not in the SIS" }],
  });
});

test("a scope that was chosen from another one than holds by now is refused", async () => {
  const choose = (scope: unknown, shown: unknown) => setScope(tested.services, access, integration, scope, shown);
  await leaveOut({});
  expect(await choose({ grades: ["12"] }, {})).toBe(true);
  await expect(choose({ schools: ["south"] }, {})).rejects.toMatchObject({ code: "conflict" });
  // What holds already needs no saving.
  expect(await choose({ grades: ["12"] }, {})).toBe(false);
  expect(await choose({ schools: ["south"] }, { grades: ["12"] })).toBe(true);
  await leaveOut({});
});
