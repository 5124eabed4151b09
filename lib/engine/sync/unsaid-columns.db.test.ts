import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Source } from "#lib/engine/sis/source.ts";
import { newIntegration, openIssues, type RawRow, type SisState, sourceOf, syncOnce } from "#lib/engine/testing/sync.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import type { RosteredCollection } from "#lib/roster/canonical.ts";
import type { ReadMode } from "#lib/roster/input.ts";

let database: TestDatabase;
let district: string;
let integration: string;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  district = await newDistrict(database.db);
  integration = await newIntegration(database.db, district);
});

const learner = (n: number): RawRow => ({
  sourcedId: `p${n}`,
  role: "student",
  username: `user${n}`,
  givenName: "Given",
  middleName: "Middle",
  familyName: `Family ${n}`,
  email: `p${n}@x.example`,
  identifier: `${n}`,
  grades: "03",
  orgSourcedIds: "s1",
});
const full: Record<RosteredCollection, readonly RawRow[]> = {
  orgs: [{ sourcedId: "s1", name: "North", type: "school", identifier: "1" }],
  academicSessions: [
    { sourcedId: "t1", title: "Year", type: "schoolYear", startDate: "2026-08-01", endDate: "2027-06-01", schoolYear: "2027" },
  ],
  courses: [{ sourcedId: "k1", title: "Algebra", courseCode: "ALG", subjects: "Math", grades: "03" }],
  classes: [
    {
      sourcedId: "c1",
      title: "Algebra 1",
      classCode: "A1",
      classType: "homeroom",
      subjects: "Math",
      grades: "03",
      periods: "1",
      courseSourcedId: "k1",
      schoolSourcedId: "s1",
      termSourcedIds: "t1",
    },
  ],
  users: [learner(1), learner(2), { ...learner(8), role: "teacher" }, { ...learner(9), role: "teacher" }],
  enrollments: [
    {
      sourcedId: "e1",
      classSourcedId: "c1",
      userSourcedId: "p1",
      role: "student",
      primary: "",
      beginDate: "2026-08-10",
      endDate: "2027-05-01",
    },
    { sourcedId: "e9", classSourcedId: "c1", userSourcedId: "p9", role: "teacher", primary: "false", beginDate: "2026-08-10", endDate: "" },
  ],
};

/** What the SIS has, without a column of one of its files. */
const without = (collection: RosteredCollection, ...fields: readonly string[]): SisState => ({
  rows: {
    ...full,
    [collection]: full[collection].map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !fields.includes(name)))),
  },
});
const sync = (state: SisState, options: Parameters<typeof syncOnce>[4] = {}) =>
  syncOnce(database.db, district, integration, state, options);
const issuesOf = async (runId: string) =>
  (await openIssues(database.db, runId)).map(({ code, field, externalId, value }) => ({ code, field, externalId, value }));
const emails = async () =>
  (await database.db.sql<{ email: string | null }[]>`select email from accounts where district_id = ${district} order by family_name`).map(
    ({ email }) => email,
  );

describe("a column that was there before and is not there now", () => {
  test.each([
    ["orgs", ["identifier"], "identifier", 1],
    ["academicSessions", ["schoolYear"], "schoolYear", 1],
    ["courses", ["courseCode"], "courseCode", 1],
    ["courses", ["subjects"], "subjects", 1],
    ["courses", ["grades"], "grades", 1],
    ["classes", ["classCode"], "classCode", 1],
    ["classes", ["classType"], "classType", 1],
    ["classes", ["subjects"], "subjects", 1],
    ["classes", ["grades"], "grades", 1],
    ["classes", ["periods"], "periods", 1],
    ["classes", ["courseSourcedId"], "courseSourcedId", 1],
    ["classes", ["termSourcedIds"], "termSourcedIds", 1],
    ["users", ["givenName"], "givenName", 4],
    ["users", ["middleName"], "middleName", 4],
    ["users", ["email"], "email", 4],
    ["users", ["username"], "username", 4],
    ["users", ["grades"], "grades", 2],
    ["users", ["identifier"], "identifier", 2],
    ["users", ["orgSourcedIds"], "orgSourcedIds", 4],
    ["enrollments", ["primary"], "primary", 1],
    ["enrollments", ["beginDate"], "beginDate", 2],
    ["enrollments", ["endDate"], "endDate", 1],
  ] as const)("%s without %s: what Aivo has is kept, and one issue says so", async (collection, fields, field, count) => {
    const before = await sync({ rows: full });
    expect(before.state, JSON.stringify(before.failure)).toBe("succeeded");
    const usual = await issuesOf(before.id);
    const run = await sync(without(collection, ...fields));
    expect(run.state, JSON.stringify(run.failure)).toBe("succeeded");
    expect(run.changeCount).toBe(0);
    const said = {
      code: "column-missing",
      field,
      externalId: null,
      value: `${count} ${count === 1 ? "record has" : "records have"} a value in Aivo`,
    };
    expect((await issuesOf(run.id)).filter(({ code }) => !usual.some((issue) => issue.code === code))).toEqual([said]);
  });

  test("somebody new comes through without it, also by a match; who is known keeps it", async () => {
    await database.db.orm.insert(accounts).values({
      districtId: district,
      role: "learner",
      givenName: "Given",
      familyName: "Family 7",
      email: "manual@x.example",
      studentNumber: "7",
    });
    await sync({ rows: full });
    const state = without("users", "email");
    const { email: _, ...known } = learner(7);
    const { email: __, ...fresh } = learner(5);
    const run = await sync({ rows: { ...state.rows, users: [...(state.rows.users ?? []), known, fresh] } });
    expect(run.totals?.learner).toMatchObject({ created: 1, updated: 1 });
    expect(await emails()).toEqual(["p1@x.example", "p2@x.example", null, "manual@x.example", "p8@x.example", "p9@x.example"]);
  });

  test("whether somebody learns or teaches is never kept: a learner enrolled as a teacher is left out", async () => {
    await sync({ rows: full });
    const { rows } = without("enrollments", "primary");
    const run = await sync({ rows: { ...rows, enrollments: rows.enrollments?.map((row) => ({ ...row, role: "teacher" })) } });
    expect((await issuesOf(run.id)).filter(({ code }) => code === "enrollment-role")).toEqual([
      { code: "enrollment-role", field: "role", externalId: "e1", value: "teacher" },
    ]);
    expect(run.totals?.membership).toMatchObject({ updated: 0 });
  });

  test("numbers in userIds count as said only while there are some", async () => {
    const learners = (userIds: string) => [1, 2].map((n) => ({ ...learner(n), identifier: "", userIds: userIds.replace("#", `${n}`) }));
    const withoutIdentifier = (userIds: string) => ({
      rows: { ...full, users: learners(userIds).map(({ identifier: _, ...row }) => row) },
    });
    await sync(withoutIdentifier("{studentNumber:#}"));
    expect((await sync(withoutIdentifier("{LDAP:#}"))).totals?.learner).toMatchObject({ updated: 0 });
    expect((await sync(withoutIdentifier("{studentNumber:7#}"))).totals?.learner).toMatchObject({ updated: 2 });
  });

  test("a blank in it is a blank as ever", async () => {
    await sync({ rows: full });
    const run = await sync({ rows: { ...full, users: full.users.map((row) => ({ ...row, email: "" })) } });
    expect(run.state).toBe("succeeded");
    expect(await emails()).toEqual([null, null, null, null]);
  });
});

test("a column that was never there is told once, by what every record lacks, and not as something that went", async () => {
  for (const night of [1, 2]) {
    const run = await sync(without("users", "email"));
    expect(run.state).toBe("succeeded");
    expect(await issuesOf(run.id), `night ${night}`).toEqual([
      { code: "email-missing", field: "email", externalId: null, value: "not in any record" },
    ]);
  }
});

describe("a read of changes", () => {
  const deltaSource = (changes: SisState["rows"], everything: SisState["rows"]): Source => {
    const delta = sourceOf({ rows: { ...Object.fromEntries(Object.keys(full).map((name) => [name, []])), ...changes }, mode: "delta" });
    return {
      ...delta,
      extract: async (context, options) => {
        const extraction = await (options.cursor === null ? sourceOf({ rows: everything }) : delta).extract(context, options);
        return { ...extraction, cursor: () => ({ at: "here" }) };
      },
    };
  };
  const { email: _, ...silent } = learner(1);
  const read = async (changes: SisState["rows"], everything: SisState["rows"]): Promise<ReadMode | undefined> => {
    const run = await sync({ rows: {} }, { source: deltaSource(changes, everything) });
    expect(run.state, JSON.stringify(run.failure)).toBe("succeeded");
    return run.input?.modes.users;
  };
  const withUsers = (...users: readonly RawRow[]) => ({ ...full, users });

  test("a record without a field that another change has is blank in it", async () => {
    await read({}, full);
    expect(await read({ users: [silent, { ...learner(2), grades: "04" }] }, withUsers(silent, ...full.users.slice(1)))).toBe("delta");
    expect((await emails())[0]).toBeNull();
  });

  test("a record without a field that no change has may tell either: everything is read", async () => {
    await read({}, full);
    expect(await read({ users: [silent] }, withUsers(silent, ...full.users.slice(1)))).toBe("bulk");
    expect((await emails())[0]).toBeNull();
  });

  test("and it is kept where no record has it any more, this time and the next", async () => {
    await read({}, full);
    const { users = [] } = without("users", "email").rows;
    expect(await read({ users: [silent] }, { ...full, users })).toBe("bulk");
    expect(await read({ users: [{ ...silent, grades: "05" }] }, { ...full, users })).toBe("delta");
    expect((await emails())[0]).toBe("p1@x.example");
  });

  test("a field that comes back makes blanks of what was kept for others, so everything is read", async () => {
    await read({}, full);
    const { users = [] } = without("users", "email").rows;
    await read({ users: [silent] }, { ...full, users });
    const back = { ...silent, email: "new@x.example" };
    expect(await read({ users: [back] }, withUsers(back, ...users.slice(1)))).toBe("bulk");
    expect(await emails()).toEqual(["new@x.example", null, null, null]);
  });
});
