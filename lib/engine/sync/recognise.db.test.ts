import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { defaultSafety, safetyOff } from "#lib/roster/guard/settings.ts";

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

const range = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);
const perClass = 5;
const classes = 6;

interface World {
  /** What ids begin with: other ones for the same people and classes. */
  readonly as?: string;
  readonly term?: RawRow;
  readonly user?: (n: number) => RawRow;
  readonly title?: (n: number) => string;
  readonly classFields?: (n: number) => RawRow;
  readonly schoolFields?: RawRow;
}

/** Six classes of two schools, each with a teacher and five learners. */
function sis({ as = "", term = {}, user = () => ({}), title, classFields = () => ({}), schoolFields = {} }: World = {}): SisState {
  const id = (text: string) => `${as}${text}`;
  const schoolOf = (n: number) => id(n % 2 === 0 ? "north" : "south");
  const learner = (n: number): RawRow => ({
    sourcedId: id(`p${n}`),
    role: "student",
    givenName: `Given${n}`,
    familyName: `Family${n}`,
    email: `p${n}@x.example`,
    identifier: `${n}`,
    grades: "03",
    orgSourcedIds: schoolOf(Math.floor(n / perClass)),
    ...user(n),
  });
  const teacher = (n: number): RawRow => ({
    sourcedId: id(`t${n}`),
    role: "teacher",
    givenName: `Teacher${n}`,
    familyName: `Of${n}`,
    email: `t${n}@x.example`,
    orgSourcedIds: schoolOf(n),
  });
  return {
    rows: {
      orgs: ["north", "south"].map((one) => ({ sourcedId: id(one), name: one, type: "school", identifier: "", ...schoolFields })),
      academicSessions: [
        {
          sourcedId: id("y"),
          title: "Year",
          type: "schoolYear",
          startDate: "2026-08-01",
          endDate: "2099-06-01",
          schoolYear: "2099",
          ...term,
        },
      ],
      courses: [{ sourcedId: id("k"), title: "Math", courseCode: "M1" }],
      classes: range(classes).map((n) => ({
        sourcedId: id(`c${n}`),
        title: title?.(n) ?? `Class ${n}`,
        classCode: `S${n}`,
        classType: "scheduled",
        courseSourcedId: id("k"),
        schoolSourcedId: schoolOf(n),
        termSourcedIds: id("y"),
        ...classFields(n),
      })),
      users: [...range(classes).map(teacher), ...range(classes * perClass).map(learner)],
      enrollments: [
        ...range(classes).map((n) => ({
          sourcedId: id(`et${n}`),
          classSourcedId: id(`c${n}`),
          userSourcedId: id(`t${n}`),
          role: "teacher",
        })),
        ...range(classes * perClass).map((n) => ({
          sourcedId: id(`e${n}`),
          classSourcedId: id(`c${Math.floor(n / perClass)}`),
          userSourcedId: id(`p${n}`),
          role: "student",
        })),
      ],
    },
  };
}

const sync = (state: SisState, options: Parameters<typeof syncOnce>[4] = {}, as = integration) =>
  syncOnce(database.db, district, as, state, options);
const tables = ["schools", "terms", "courses", "classrooms", "accounts", "memberships"] as const;
/** The ids of everything, and of what is active. */
const everything = async () => {
  const all: Record<string, unknown> = {};
  for (const table of tables) {
    const rows = await database.db.sql.unsafe(`select id from ${table} where district_id = $1 and status = 'active' order by id`, [
      district,
    ]);
    all[table] = rows.map(({ id }) => id);
  }
  return all;
};
const issuesOf = (code: string) => database.db.sql<
  { id: string; recordIds: string[]; conflict: { lead: string; evidence: string } | null }[]
>`
  select external_id as id, record_ids as "recordIds", conflict from issues
  where district_id = ${district} and code = ${code} order by external_id`;
const newRecords = (totals: Record<string, { created: number; deactivated: number }>) =>
  Object.values(totals).reduce((sum, { created, deactivated }) => sum + created + deactivated, 0);

describe("a SIS that gives all its ids anew", () => {
  test("keeps every school, class, account and membership", async () => {
    await sync(sis());
    const before = await everything();
    const run = await sync(sis({ as: "new-" }));
    expect(run.state).toBe("succeeded");
    expect(newRecords(run.totals as never)).toBe(0);
    expect(await everything()).toEqual(before);
    expect((await sync(sis({ as: "new-" }))).changeCount).toBe(0);
  });

  test("asks first, with the numbers, and an approval keeps everything", async () => {
    integration = await newIntegration(database.db, district, defaultSafety);
    await sync(sis());
    const before = await everything();
    const held = await sync(sis({ as: "new-" }));
    expect(held.state).toBe("held");
    expect(held.findings).toMatchObject([
      { detector: "reissued-ids", level: "hold", numbers: { ids: 46, learner: 30, teacher: 6, classroom: 6 } },
    ]);
    expect(held.findings?.[0]?.sentence).toContain(
      "The SIS re-issued 46 ids: 30 learners, 6 teachers, 6 classrooms, 1 course, 1 term, 2 schools",
    );
    const approved = await sync(sis({ as: "new-" }), { kind: "approval", planRunId: held.id });
    expect(approved.state).toBe("succeeded");
    expect(await everything()).toEqual(before);
  });

  test("a few are no question", async () => {
    integration = await newIntegration(database.db, district, defaultSafety);
    await sync(sis());
    const before = await everything();
    const rows = sis().rows;
    const classes = rows.classes?.map((row) => (row.sourcedId === "c1" ? { ...row, sourcedId: "c1-again" } : row)) ?? [];
    const enrollments = rows.enrollments?.map((row) => (row.classSourcedId === "c1" ? { ...row, classSourcedId: "c1-again" } : row)) ?? [];
    const run = await sync({ rows: { ...rows, classes, enrollments } });
    expect(run.state).toBe("succeeded");
    expect(await everything()).toEqual(before);
  });

  test("last year's class is not this year's, though code, name and teacher are the same", async () => {
    await sync(sis());
    const run = await sync(
      sis({
        classFields: (n) => ({ sourcedId: `next-${n}`, termSourcedIds: "y2" }),
        term: { sourcedId: "y2", startDate: "2099-08-01", endDate: "2100-06-01", title: "Next year" },
      }),
    );
    expect(run.totals).toMatchObject({ classroom: { created: classes, deactivated: classes } });
  });

  test("without terms only members tell", async () => {
    const undated = { classFields: () => ({ termSourcedIds: "" }) };
    await sync(sis(undated));
    const before = await everything();
    expect((await sync(sis({ ...undated, as: "new-" }))).totals).toMatchObject({ classroom: { created: 0, deactivated: 0 } });
    expect(await everything()).toEqual(before);
    const others = sis({
      ...undated,
      as: "other-",
      user: (n) => ({ givenName: `Else${n}`, familyName: `Who${n}`, email: `q${n}@x.example`, identifier: `9${n}` }),
    });
    expect((await sync(others)).totals).toMatchObject({ classroom: { created: classes, deactivated: classes } });
  });
});

describe("people without address and number", () => {
  const bare = { user: () => ({ email: "", identifier: "" }) };

  test("wait for an admin, and whom they may be stays with every class", async () => {
    await sync(sis(bare));
    const before = await everything();
    const run = await sync(sis({ ...bare, as: "new-" }));
    expect(run.state).toBe("succeeded");
    expect(await everything()).toEqual(before);
    const asked = await issuesOf("match-namesake");
    expect(asked).toHaveLength(classes * perClass);
    expect(asked[0]).toMatchObject({ conflict: { lead: "name" }, recordIds: [expect.any(String)] });
    const again = await sync(sis({ ...bare, as: "new-" }));
    expect(again.changeCount).toBe(0);
    expect(await everything()).toEqual(before);
  });

  test("are the same, or somebody else, as the admin says", async () => {
    await sync(sis(bare));
    const before = await everything();
    await sync(sis({ ...bare, as: "new-" }));
    const [first, second, ...others] = await issuesOf("match-namesake");
    const decide = (issue: typeof first, verdict: string) => database.db.sql`
      insert into match_decisions (district_id, integration_id, external_id, evidence, account_id, verdict, reason)
      values (${district}, ${integration}, ${issue?.id ?? ""}, ${issue?.conflict?.evidence ?? ""}, ${issue?.recordIds[0] ?? ""}, ${verdict}, 'as told')`;
    for (const issue of [first, ...others]) await decide(issue, "same-person");
    await decide(second, "somebody-else");
    const run = await sync(sis({ ...bare, as: "new-" }));
    expect(run.totals).toMatchObject({ learner: { created: 1, deactivated: 1 }, classroom: { created: 0, deactivated: 0 } });
    const after = await everything();
    const [was, is] = [before, after].map(({ accounts }) => new Set(accounts as string[]));
    expect([...(was ?? [])].filter((id) => !is?.has(id))).toEqual(second?.recordIds);
    expect(await issuesOf("match-namesake")).toEqual([]);
  });

  test("of two with one name nobody is guessed, and neither is withdrawn", async () => {
    const twins = { user: (n: number) => ({ email: "", identifier: "", ...(n < 2 ? { givenName: "Ann", familyName: "Li" } : {}) }) };
    await sync(sis(twins));
    const before = await everything();
    await sync(sis({ ...twins, as: "new-" }));
    expect(await everything()).toEqual(before);
    const several = await issuesOf("match-ambiguous");
    expect(several.map(({ id }) => id)).toEqual(["new-p0", "new-p1"]);
    expect(several[0]?.recordIds).toHaveLength(2);
  });
});

describe("a move to another provider", () => {
  let next: string;
  beforeEach(async () => {
    next = await newIntegration(database.db, district, safetyOff);
  });

  test("finds the classes under other names by code, and by teacher and members", async () => {
    await sync(sis());
    const before = await everything();
    const moved = sis({
      as: "clever-",
      title: (n) => `Math - Period ${n}`,
      classFields: (n) => ({ classCode: n % 2 === 0 ? `S${n}` : `${100 + n}` }),
    });
    const run = await sync(moved, {}, next);
    expect(run.totals).toMatchObject({ classroom: { created: 0 }, school: { created: 0 }, term: { created: 0 }, course: { created: 0 } });
    expect(await everything()).toEqual(before);
    expect(await issuesOf("class-ambiguous")).toEqual([]);
  });

  test("terms with other names and courses with the same code are the same", async () => {
    await sync(sis());
    const before = await everything();
    await sync(sis({ as: "x-", term: { title: "2026-2099", type: "term" }, title: (n) => `Section ${n}` }), {}, next);
    expect(await everything()).toEqual(before);
  });

  test("what may be several classes is listed, and made a new one", async () => {
    // One teacher has the same five learners in two classes of the other SIS.
    const double = (as: string): SisState => {
      const { rows } = sis({ as, classFields: () => ({ classCode: "", courseSourcedId: "" }), title: (n) => `${as}class ${n}` });
      const more = rows.classes?.find(({ sourcedId }) => sourcedId === `${as}c0`);
      const own = rows.enrollments?.filter(({ classSourcedId }) => classSourcedId === `${as}c0`) ?? [];
      return {
        rows: {
          ...rows,
          classes: [...(rows.classes ?? []), { ...more, sourcedId: `${as}c9`, title: `${as}class 9` }],
          enrollments: [
            ...(rows.enrollments ?? []),
            ...own.map((row) => ({ ...row, sourcedId: `${row.sourcedId}-9`, classSourcedId: `${as}c9` })),
          ],
        },
      };
    };
    await sync(double("a-"));
    const run = await sync(double("b-"), {}, next);
    expect(run.totals).toMatchObject({ classroom: { created: 2, updated: 0 } });
    const listed = await issuesOf("class-ambiguous");
    expect(listed.map(({ id }) => id)).toEqual(["b-c0", "b-c9"]);
    expect(listed.map(({ recordIds }) => recordIds.length)).toEqual([2, 2]);
  });
});

test("who waits to be withdrawn and comes back by another id is there, and waits no longer", async () => {
  integration = await newIntegration(database.db, district, defaultSafety);
  const whole = sis();
  await sync(whole);
  const before = await everything();
  const isOfNorth = ({ sourcedId }: RawRow) => Math.floor(Number(sourcedId?.slice(1)) / perClass) % 2 === 0;
  const learners = whole.rows.users?.filter(({ role }) => role === "student") ?? [];
  const others = whole.rows.users?.filter((row) => !learners.includes(row) || !isOfNorth(row)) ?? [];
  const gone = await sync({ rows: { ...whole.rows, users: others } });
  expect(gone).toMatchObject({ state: "succeeded", withheldCount: 15 });
  const back = learners.filter(isOfNorth).map((row) => ({ ...row, sourcedId: `again-${row.sourcedId}` }));
  const enrollments = whole.rows.enrollments?.map((row) =>
    back.some(({ sourcedId }) => sourcedId === `again-${row.userSourcedId}`)
      ? { ...row, userSourcedId: `again-${row.userSourcedId}` }
      : row,
  );
  const state = { rows: { ...whole.rows, users: [...others, ...back], enrollments: enrollments ?? [] } };
  const held = await sync(state);
  expect(held).toMatchObject({ state: "held", findings: [{ detector: "reissued-ids", numbers: { ids: 15, learner: 15 } }] });
  const run = await sync(state, { kind: "approval", planRunId: held.id });
  expect(run).toMatchObject({ state: "succeeded", withheldCount: 0 });
  expect(await everything()).toEqual(before);
  expect((await sync(state)).changeCount).toBe(0);
});
