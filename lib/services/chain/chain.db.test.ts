import { afterAll, beforeEach, expect, test } from "vitest";
import { newIntegration, type RawRow, type SisState, setScope, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope, requireReach } from "#lib/platform/access.ts";
import { requireAdmin } from "#lib/platform/testing/access.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { barPerson } from "#lib/services/edits/standing.ts";
import { editPerson } from "#lib/services/edits/write.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { readClassroomRecord } from "./classroom.ts";
import { readPersonRecord } from "./person.ts";
import { readSchoolRecord } from "./school.ts";
import { requireRecord } from "./there.ts";

const { services, close } = await testServices();
afterAll(close);
const { db } = services;

const north: RawRow = { sourcedId: "north", name: "North High", type: "school", identifier: "17" };
const south: RawRow = { sourcedId: "south", name: "South High", type: "school", identifier: "18" };
const kai: RawRow = {
  sourcedId: "kai",
  role: "student",
  givenName: "Kai",
  familyName: "Okafor",
  email: "kai@example.org",
  identifier: "4711",
  grades: "11",
  orgSourcedIds: "north",
};
const room = (id: string, title: string, period: string): RawRow => ({
  sourcedId: id,
  title,
  classType: "scheduled",
  schoolSourcedId: "north",
  periods: period,
});
const seat = (classId: string, who = "kai"): RawRow => ({
  sourcedId: `e-${who}-${classId}`,
  classSourcedId: classId,
  userSourcedId: who,
  role: "student",
});
const sis = (enrollments: readonly RawRow[], users: readonly RawRow[] = [kai], classes = rooms): SisState => ({
  rows: { orgs: [north, south], academicSessions: [], courses: [], classes, users, enrollments },
});
const rooms = [room("301-108-03", "English 11", "1"), room("301-108-04", "Chemistry 11", "4")];

let districtId: string;
let first: string;
let scope: ReturnType<typeof operatorScope>;
beforeEach(async () => {
  districtId = await newDistrict(db);
  first = await newIntegration(db, districtId);
  const name = { email: `${districtId}@example.org`, givenName: "Grace", familyName: "Hopper" };
  const { id } = await createAdmin(services, operatorScope(districtId), name);
  scope = requireAdmin({ kind: "account", accountId: id, districtId, role: "admin" });
});

const idOf = async (name: string) => {
  const [row] = await db.sql<{ id: string }[]>`
    select record_id as id from source_records where district_id = ${districtId} and external_id = ${name} and record_id is not null`;
  return row?.id ?? "";
};
const personOf = async (name = "kai", page = 1) => readPersonRecord(services, scope, "learner", await idOf(name), page);
const linesOf = ({ history }: { history: { rows: readonly { lines: readonly string[] }[] } }) => history.rows.map(({ lines }) => lines);

test("who misses a class: the sentence, the link that broke, the cause with its place, and the id that is a slip away", async () => {
  await syncOnce(db, districtId, first, sis([seat("301-108-03")]));
  await syncOnce(db, districtId, first, sis([seat("301-108-03"), seat("301-108-40")]));
  const record = await personOf();
  expect(record.sentence).toEqual({
    text: "Kai can sign in and is in 1 of 2 classes.",
    tone: "plain",
    clauses: [{ text: "The 2nd is not in classes.csv.", tone: "ask", at: "lost" }],
  });
  expect(record.came.map(({ name, links }) => [name, links.map(({ state }) => state)])).toEqual([
    ["Kai Okafor", ["ok", "ok", "ok", "ok"]],
    ["2 classes", ["ok", "ok", "broken", "ok"]],
  ]);
  expect(record.lost).toMatchObject([
    {
      title: "Class 301-108-40",
      cause: "enrollments.csv, line 3 names it; classes.csv has no such class.",
      isNew: true,
      nearest: [{ externalId: "301-108-04", name: "Chemistry 11, Period 4", why: "two digits may be swapped" }],
      other: { to: null, ref: `${first}:301-108-40` },
    },
  ]);
  expect(linesOf(record)).toEqual([["1 enrollment did not come through"], ["Arrived, in 1 class"]]);
  expect(record.history.rows[0]).toMatchObject({ isOpen: true, run: { number: 2 } });
  expect(record.history.rows[1]).toMatchObject({ isOpen: false, run: { number: 1 } });

  await syncOnce(db, districtId, first, sis([seat("301-108-03"), seat("301-108-04")]));
  const mended = await personOf();
  expect(mended.lost).toEqual([]);
  expect(mended.sentence.text).toBe("Kai can sign in and is in 2 classes.");
  expect(linesOf(mended)[0]).toContain("Joined Chemistry 11");
});

test("the class of which the person is not said, and the school, tell it from their side", async () => {
  await syncOnce(db, districtId, first, sis([seat("301-108-03"), seat("301-108-03", "kay")]));
  const record = await readClassroomRecord(services, scope, await idOf("301-108-03"), 1);
  expect([record.sentence.text, record.sentence.clauses[0]?.text]).toEqual([
    "1 learner and no teacher.",
    "1 enrollment did not come through.",
  ]);
  expect(record.lost).toMatchObject([{ title: "Person kay", short: "is not in users.csv", isEnrollment: true }]);
  expect(linesOf(record).flat()).toContain("Arrived, with 1 person");
  expect(record.values.fields.find(({ field }) => field === "school_id")).toMatchObject({ inAivo: "North High", said: [{ kind: "same" }] });
  const school = await readSchoolRecord(services, scope, await idOf("north"), 1);
  expect(school.sentence.text).toBe("1 learner and 0 teachers in 2 classes.");
  expect(school.values.fields).toMatchObject([{ inAivo: "North High", said: [{ kind: "same" }] }, { inAivo: "17" }, { inAivo: null }]);
});

test("two integrations stand side by side: same, another value, blank, not said; and who decides", async () => {
  await syncOnce(db, districtId, first, sis([]));
  const second = await newIntegration(db, districtId);
  await db.sql`update integrations set name = 'Second SIS' where id = ${second}`;
  const other: RawRow = { ...kai, sourcedId: "k2", givenName: "Kaï", grades: "10", email: "", orgSourcedIds: "south" };
  const noor: RawRow = { ...kai, sourcedId: "n2", givenName: "Noor", identifier: "9", email: "noor@example.org" };
  await syncOnce(db, districtId, second, sis([], [other, noor]));
  const { values, came } = await personOf();
  expect([values.decides, values.integrations.map(({ name }) => name), came.map(({ name }) => name)]).toEqual([
    "Test SIS",
    ["Test SIS", "Second SIS"],
    ["Test SIS", "Second SIS"],
  ]);
  const said = Object.fromEntries(values.fields.map(({ field, said: all }) => [field, all[1]]));
  expect(said).toMatchObject({
    given_name: { kind: "differs", value: "Kaï" },
    family_name: { kind: "same" },
    grade: { kind: "differs", value: "Grade 10" },
    school_ids: { kind: "differs", value: "South High" },
    email: { kind: "blank" },
    student_number: { kind: "same" },
  });
  await editPerson(services, scope, await idOf("kai"), { givenName: "Kaleb" });
  const edited = await personOf();
  expect(edited.sentence.clauses).toEqual([{ text: "First name is edited.", tone: "plain", at: "values" }]);
  expect(edited.values.fields[0]).toMatchObject({
    inAivo: "Kaleb",
    said: [
      { kind: "differs", value: "Kai" },
      { kind: "differs", value: "Kaï" },
    ],
  });
});

test("what syncs changed, what admins did and what was opened and resolved is one history, cut into pages", async () => {
  await syncOnce(db, districtId, first, sis([seat("301-108-03")], [{ ...kai, email: "nowhere" }]));
  await syncOnce(db, districtId, first, sis([seat("301-108-04")], [{ ...kai, grades: "12" }]));
  await barPerson(services, scope, await idOf("kai"), { reason: "Until the phone is found" });
  const record = await personOf();
  expect(record.sentence.text).toBe("Kai cannot sign in, barred by Grace Hopper, and is in 1 class.");
  const [barred, changed, arrived] = record.history.rows;
  expect(barred).toMatchObject({ lines: ["Barred from signing in"], by: "Grace Hopper", reason: "Until the phone is found", run: null });
  expect(changed?.run?.number).toBe(2);
  expect(changed?.lines).toEqual(
    expect.arrayContaining(["Grade: Grade 11 → Grade 12", "Left English 11", "Joined Chemistry 11", "Resolved: Email address not valid"]),
  );
  expect(arrived).toMatchObject({ lines: ["Arrived, in 1 class", "Email address not valid"], run: { number: 1 } });
  expect(record.history).toMatchObject({ total: 3, hasMore: false });
  expect((await personOf("kai", 2)).history.rows).toEqual([]);
});

test("who left, and who is out of scope, is said so", async () => {
  const noor: RawRow = { ...kai, sourcedId: "noor", givenName: "Noor", identifier: "9", email: "noor@example.org", orgSourcedIds: "south" };
  await syncOnce(db, districtId, first, sis([], [kai, noor]));
  await setScope(db, first, { schools: ["south"], outside: "withdraw" });
  await syncOnce(db, districtId, first, sis([], [noor]));
  expect((await personOf()).sentence.text).toBe("Kai left Test SIS and cannot sign in.");
  const out = await personOf("noor");
  expect(out.sentence.text).toBe("Noor is out of the scope of Test SIS and cannot sign in.");
  expect(out.came[0]?.links.map(({ state }) => state)).toEqual(["ok", "ok", "none", "none"]);
});

test("whether there is such a record is told of its kind, of its district, and of the schools that somebody has leave for", async () => {
  await syncOnce(db, districtId, first, sis([seat("301-108-03")]));
  const records = { school: "north", classroom: "301-108-03", learner: "kai" } as const;
  const kinds = ["school", "classroom", "teacher", "learner"] as const;
  const elsewhere = operatorScope(await newDistrict(db));
  const actor = { kind: "account", accountId: crypto.randomUUID(), districtId, role: "school-admin" } as const;
  const ofNorth = requireReach({ ...actor, schools: [await idOf("north")] }, "read-roster");
  const ofSouth = requireReach({ ...actor, schools: [await idOf("south")] }, "read-roster");
  const isThere = (asked: Parameters<typeof requireRecord>[1], kind: (typeof kinds)[number], id: string) =>
    requireRecord(services, asked, kind, id).then(
      () => true,
      (error: unknown) => {
        expect(error).toMatchObject({ code: "not-found" });
        return false;
      },
    );
  for (const [kind, name] of Object.entries(records)) {
    const id = await idOf(name);
    for (const asked of kinds) expect([asked, kind, await isThere(scope, asked, id)]).toEqual([asked, kind, asked === kind]);
    expect(await isThere(scope, kind as keyof typeof records, id.toUpperCase())).toBe(true);
    expect(await isThere(ofNorth, kind as keyof typeof records, id)).toBe(true);
    expect(await isThere(ofSouth, kind as keyof typeof records, id)).toBe(false);
    expect(await isThere(elsewhere, kind as keyof typeof records, id)).toBe(false);
  }
  expect(await isThere(scope, "learner", "nobody")).toBe(false);
});
