/** What belongs to a school that goes: it does not go from under those who are withheld, and what is said of them is true. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";

let database: TestDatabase;
let district: string;
let integration: string;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  district = await newDistrict(database.db);
  integration = await newIntegration(database.db, district, defaultSafety);
});

const schools = ["north", "south", "west"] as const;
type School = (typeof schools)[number];
interface Options {
  /** Schools that the SIS tells of, with all that is in them. */
  readonly shared?: readonly School[];
  /** Where the people and classes of `west` are. */
  readonly westIs?: School;
  readonly user?: (n: number) => RawRow;
}

/** Sixty learners; three classes, a course and a term for each school. */
function sis({ shared = schools, westIs = "west", user = () => ({}) }: Options = {}): SisState {
  const of = (school: School) => (school === "west" ? westIs : school);
  const learners = Array.from({ length: 60 }, (_, n) => ({ n, school: schools[n % 3] ?? "north" }));
  const told = learners.filter(({ school }) => shared.includes(school) || of(school) !== school);
  const classes = schools.filter((school) => shared.includes(school) || of(school) !== school);
  return {
    rows: {
      orgs: shared.map((id) => ({ sourcedId: id, name: id, type: "school", identifier: id })),
      academicSessions: shared.map((id) => ({
        ...{ sourcedId: `t-${id}`, title: `Year of ${id}`, type: "schoolYear", schoolYear: "2099" },
        ...{ startDate: "2026-08-01", endDate: "2099-06-01" },
      })),
      courses: shared.map((id) => ({ sourcedId: `k-${id}`, title: `Course of ${id}` })),
      classes: classes.flatMap((id) =>
        [0, 1, 2].map((n) => ({
          ...{ sourcedId: `c-${id}-${n}`, title: `Class ${n} of ${id}`, classType: "homeroom", schoolSourcedId: of(id) },
          ...{ termSourcedIds: `t-${of(id)}`, courseSourcedId: `k-${of(id)}` },
        })),
      ),
      users: told.map(({ n, school }) => ({
        ...{ sourcedId: `p${n}`, role: "student", givenName: `Given ${n}`, familyName: `Family ${n}`, identifier: `${n}` },
        ...{ email: `p${n}@x.example`, grades: "03", orgSourcedIds: of(school), ...user(n) },
      })),
      enrollments: told.map(({ n, school }) => ({
        ...{ sourcedId: `e${n}`, classSourcedId: `c-${school}-${Math.floor(n / 3) % 3}`, userSourcedId: `p${n}`, role: "student" },
      })),
    },
  };
}
const sync = (state: SisState, options: Parameters<typeof syncOnce>[4] = {}) =>
  syncOnce(database.db, district, integration, state, options);
/** As an admin's approval of all that waits does it. */
const approveAll = () =>
  sync(sis(), {
    kind: "approval",
    beforeRun: (runId) => database.db.sql`update withheld_records set approved_run_id = ${runId} where integration_id = ${integration}`,
  });
const activeSchools = async () => {
  const rows = await database.db.sql<{ name: string }[]>`
    select name from schools where district_id = ${district} and status = 'active' order by name`;
  return rows.map(({ name }) => name);
};

test("a school that the SIS no longer tells of waits with its people, and goes with them once an admin says so", async () => {
  await sync(sis());
  const run = await sync(sis({ shared: ["north", "south"] }));
  expect(run.state).toBe("succeeded");
  expect(await activeSchools()).toEqual(["north", "south", "west"]);
  const none = { deactivated: 0 };
  expect(run.totals).toMatchObject({ school: none, term: none, course: none, classroom: none, learner: none, membership: none });
  expect(run.findings?.map(({ detector, level }) => [detector, level])).toContainEqual(["left-without", "withhold"]);
  expect(await sync(sis({ shared: ["north", "south"] }))).toMatchObject({ state: "succeeded", changeCount: 0, withheldOpened: 0 });

  const approval = await approveAll();
  expect(approval.totals).toMatchObject({ school: { deactivated: 1 }, learner: { deactivated: 20 }, classroom: { deactivated: 3 } });
  expect(await activeSchools()).toEqual(["north", "south"]);
  expect(await sync(sis({ shared: ["north", "south"] }))).toMatchObject({ state: "succeeded", changeCount: 0, withheldCount: 0 });
});

test("where the SIS has it again, nothing was ever gone", async () => {
  await sync(sis());
  await sync(sis({ shared: ["north", "south"] }));
  expect(await sync(sis())).toMatchObject({ state: "succeeded", changeCount: 0, withheldCount: 0 });
});

test("two schools that merge: the one that ends waits for those whose move to the other does", async () => {
  await sync(sis());
  const merged = sis({ shared: ["north", "south"], westIs: "south" });
  const run = await sync(merged);
  expect(run).toMatchObject({ state: "succeeded", totals: { school: { deactivated: 0 }, learner: { updated: 0 } } });
  expect(await activeSchools()).toEqual(["north", "south", "west"]);
  expect((await approveAll()).totals).toMatchObject({ school: { deactivated: 1 }, learner: { updated: 20 } });
  expect(await activeSchools()).toEqual(["north", "south"]);
  expect(await sync(merged)).toMatchObject({ state: "succeeded", changeCount: 0, withheldCount: 0 });
});

test("a school that nobody is in any more goes by itself", async () => {
  await sync(sis());
  await sync(sis({ westIs: "south" }));
  await approveAll();
  const run = await sync(sis({ shared: ["north", "south"], westIs: "south" }));
  expect(run).toMatchObject({ state: "succeeded", totals: { school: { deactivated: 1 } }, withheldCount: 0 });
});

test("an enrollment of somebody whom the SIS withdraws: the membership goes with them, and the issue says nothing else", async () => {
  await sync(sis());
  const run = await sync(sis({ user: (n) => ({ status: n === 7 ? "tobedeleted" : "active" }) }));
  expect(run.totals).toMatchObject({ learner: { deactivated: 1 }, membership: { deactivated: 1 } });
  const [issue] = await database.db.sql<{ kept: string }[]>`
    select kept from issues where district_id = ${district} and code = 'reference-user'`;
  expect(issue?.kept).toBe("nothing of this record; a membership in Aivo stays as long as its class and its person do");
});
