import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";

/*
 * What a file can say again and again. Here that it comes out right; `npm run test:loads` takes a size at which looking through a table once
 * per row would take an hour, and prints how long each took.
 */
const size = Number(process.env.AIVO_REPEATS ?? 1_000);
if (process.env.AIVO_REPEATS) vi.setConfig({ testTimeout: 3_600_000 });

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

const many = (row: (n: number) => RawRow, count = size): RawRow[] => Array.from({ length: count }, (_, n) => row(n));
const person = (n: number, fields: RawRow = {}): RawRow => ({
  sourcedId: `p${n}`,
  role: "student",
  givenName: "Given",
  familyName: `Family ${n}`,
  email: `p${n}@x.example`,
  identifier: `${n}`,
  grades: "03",
  orgSourcedIds: "s1",
  ...fields,
});
const sis = (rows: SisState["rows"]): SisState => ({
  rows: {
    orgs: [{ sourcedId: "s1", name: "North", type: "school", identifier: "1" }],
    academicSessions: [{ sourcedId: "t1", title: "Year", type: "schoolYear", startDate: "2026-08-01", endDate: "2027-06-01" }],
    courses: [],
    classes: [{ sourcedId: "c1", title: "Algebra 1", schoolSourcedId: "s1", termSourcedIds: "t1" }],
    users: [person(0)],
    enrollments: [],
    ...rows,
  },
});
const sync = async (rows: SisState["rows"]) => {
  const run = await syncOnce(database.db, district, integration, sis(rows));
  expect(run.state, JSON.stringify(run.failure)).toBe("succeeded");
  return run;
};

/** What a first sync takes, told where somebody asked for a size. */
const timed = async (what: string, rows: SisState["rows"]) => {
  const begunAt = performance.now();
  const run = await sync(rows);
  if (process.env.AIVO_REPEATS) process.stdout.write(`${what}: ${((performance.now() - begunAt) / 1000).toFixed(1)} s\n`);
  return run;
};

describe("each repeated row costs no look through the table:", () => {
  test("everybody exported once", async () => {
    expect((await timed("once", { users: many(person) })).totals?.learner).toMatchObject({ created: size });
  });

  test("everybody exported twice", async () => {
    const run = await timed("twice", { users: [...many(person), ...many(person)] });
    expect(run.totals?.learner).toMatchObject({ created: size, skipped: 0 });
    expect(run.issueCount).toBeGreaterThanOrEqual(size);
    const again = await sync({ users: [...many(person), ...many(person)] });
    expect(again.totals?.learner).toMatchObject({ unchanged: size });
  });

  test("one person exported over and over", async () => {
    expect((await sync({ users: many(() => person(0)) })).totals?.learner).toMatchObject({ created: 1 });
  });

  test("everybody exported twice, differently", async () => {
    const run = await sync({ users: [...many(person), ...many((n) => person(n, { givenName: "Other" })), person(size)] });
    expect(run.totals?.learner).toMatchObject({ created: 1, skipped: 2 * size });
  });

  test("every enrollment exported twice", async () => {
    const enrollments = many((n) => ({ sourcedId: `e${n}`, classSourcedId: "c1", userSourcedId: `p${n}`, role: "student" }));
    const run = await sync({ users: many(person), enrollments: [...enrollments, ...enrollments] });
    expect(run.totals?.membership).toMatchObject({ created: size });
  });

  test("one person in one class by as many enrollments, read in full and as changes", async () => {
    const enrollments = many((n) => ({ sourcedId: `e${n}`, classSourcedId: "c1", userSourcedId: "p0", role: "student" }));
    expect((await sync({ enrollments })).totals?.membership).toMatchObject({ created: 1 });
    const changed = many((n) => ({ sourcedId: `f${n}`, classSourcedId: "c1", userSourcedId: "p0", role: "student" }));
    const delta = await syncOnce(database.db, district, integration, { rows: { enrollments: changed }, mode: "delta" });
    expect(delta.state, JSON.stringify(delta.failure)).toBe("succeeded");
  });

  test("enrollments of people who are unknown, and of people who are not rostered", async () => {
    const run = await sync({
      users: [person(-1), ...many((n) => person(n, { role: "parent" }))],
      enrollments: [
        ...many((n) => ({ sourcedId: `e${n}`, classSourcedId: "c1", userSourcedId: `p${n}`, role: "student" })),
        ...many((n) => ({ sourcedId: `f${n}`, classSourcedId: "c1", userSourcedId: `q${n}`, role: "student" })),
        ...many((n) => ({ sourcedId: `g${n}`, classSourcedId: `d${n}`, userSourcedId: "p-1", role: "student" })),
      ],
    });
    expect(run.totals?.membership).toMatchObject({ created: 0 });
  });

  test("one address for all, one number for all, and again by other ids", async () => {
    const alike = { email: "all@x.example", identifier: "1" };
    await sync({ users: many((n) => person(n, alike)) });
    await sync({ users: many((n) => person(n, { ...alike, sourcedId: `q${n}` })) });
  });

  test("each address shared by two, and again by other ids", async () => {
    const paired = (n: number) => ({ email: `p${n >> 1}@x.example`, identifier: `${n >> 1}` });
    await sync({ users: many((n) => person(n, paired(n))) });
    await sync({ users: many((n) => person(n, { ...paired(n), sourcedId: `q${n}` })) });
  });

  test("one person at as many schools, one class in as many terms", async () => {
    const ids = (prefix: string) => many((n) => ({ id: `${prefix}${n}` }) as RawRow).map((row) => row.id);
    await sync({
      users: [person(0, { orgSourcedIds: ids("s").join(",") })],
      classes: [{ sourcedId: "c1", title: "Algebra 1", schoolSourcedId: "s1", termSourcedIds: ids("t").join(",") }],
    });
  });
});
