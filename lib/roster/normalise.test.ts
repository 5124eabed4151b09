import { describe, expect, it } from "vitest";
import type { CanonicalByCollection, Collection } from "./canonical.ts";
import { issueCodes } from "./issue-codes.ts";
import type { Normalised } from "./issues.ts";
import { normalise } from "./normalise.ts";
import type { RawRecord } from "./raw.ts";

type Fields = RawRecord["fields"];

const complete: Record<Collection, Fields> = {
  orgs: { sourcedId: "s1", status: "active", name: "Grand Bend High", type: "school", identifier: "0100" },
  academicSessions: {
    sourcedId: "t1",
    status: "",
    title: "Fall",
    type: "semester",
    startDate: "2026-08-17",
    endDate: "2026-12-18",
    schoolYear: "2026-2027",
  },
  courses: { sourcedId: "k1", title: "Algebra I", courseCode: "ALG-1", grades: "9,10", subjects: "Mathematics" },
  classes: {
    sourcedId: "c1",
    title: "Algebra, period 2",
    grades: "09",
    courseSourcedId: "k1",
    classCode: "A-2",
    classType: "scheduled",
    schoolSourcedId: "s1",
    termSourcedIds: "t1,t2",
    subjects: "Mathematics",
    periods: "2",
  },
  users: {
    sourcedId: "u1",
    enabledUser: "true",
    orgSourcedIds: "s1,s2",
    role: "student",
    username: "mary",
    userIds: "{studentNumber:00863}",
    givenName: "Mary",
    familyName: "Archer",
    email: "Mary.Archer@Example.org",
    grades: "09",
    password: "secret",
  },
  roles: {
    sourcedId: "r1",
    userSourcedId: "u1",
    roleType: "primary",
    role: "student",
    beginDate: "2026-08-17",
    endDate: "2027-06-18",
    orgSourcedId: "s1",
  },
  enrollments: {
    sourcedId: "e1",
    classSourcedId: "c1",
    schoolSourcedId: "s1",
    userSourcedId: "u1",
    role: "student",
    beginDate: "2026-08-17",
    endDate: "2026-12-18",
  },
};

function read<C extends Collection>(collection: C, changes: Fields = {}): Normalised<CanonicalByCollection[C]> {
  return normalise(collection, { place: { part: `${collection}.csv`, position: 2 }, fields: { ...complete[collection], ...changes } });
}

/** What came of a record: its disposition, or its fields, and the codes of its issues. */
function outcome<C extends Collection>(collection: C, changes: Fields = {}) {
  const result = read(collection, changes);
  return { disposition: result.disposition, codes: result.issues.map((issue) => issue.code) };
}

const leftOut = (code: string) => ({ disposition: "left-out", codes: [code] });
const cameThrough = (...codes: string[]) => ({ disposition: "rostered", codes });

const allCollections = Object.keys(complete) as Collection[];

describe.each(allCollections)("a record of %s", (collection) => {
  it("comes through when nothing is wrong with it", () => expect(outcome(collection)).toEqual(cameThrough()));

  it.each(["", " \u200B", undefined])("without an id (%j) is left out as nobody", (sourcedId) => {
    expect(read(collection, { sourcedId })).toMatchObject({
      disposition: "left-out",
      externalId: null,
      issues: [{ code: "id-missing", externalId: null, field: "sourcedId", value: null }],
    });
  });

  it("with an id that cannot be stored is left out as nobody", () => {
    expect(read(collection, { sourcedId: "x".repeat(256) })).toMatchObject({
      disposition: "left-out",
      externalId: null,
      issues: [{ code: "id-invalid" }],
    });
  });

  it.each(["tobedeleted", "ToBeDeleted", "inactive"])("that is %s is withdrawn with nothing but its id", (status) => {
    const raw = { place: { part: "x", position: 1 }, fields: { sourcedId: " 007 ", status } };
    expect(normalise(collection, raw)).toEqual({ disposition: "withdrawn", externalId: "007", issues: [] });
  });

  it("with an unknown status is left out, so that what Aivo has stays", () => {
    expect(read(collection, { status: "on leave" })).toMatchObject({
      disposition: "left-out",
      externalId: complete[collection].sourcedId,
      issues: [
        { code: "value-unknown", collection, place: { part: `${collection}.csv`, position: 2 }, field: "status", value: "on leave" },
      ],
    });
  });
});

describe("orgs", () => {
  it("of type school are schools", () => {
    expect(read("orgs")).toMatchObject({ record: { externalId: "s1", name: "Grand Bend High", number: "0100", grades: [] } });
    expect(read("orgs", { type: "SCHOOL", grades: ["12", "Kindergarten"] })).toMatchObject({ record: { grades: ["KG", "12"] } });
  });

  it.each(["department", "district", "local", "State", "NATIONAL"])("of type %s are not rostered", (type) => {
    expect(read("orgs", { type, name: "" })).toMatchObject({
      disposition: "not-rostered",
      why: `org of type ${type.toLowerCase()}`,
      issues: [],
    });
  });

  it("need a type and a name", () => {
    expect(outcome("orgs", { type: "campus" })).toEqual(leftOut("value-unknown"));
    expect(outcome("orgs", { type: "" })).toEqual(leftOut("required-missing"));
    expect(outcome("orgs", { name: " " })).toEqual(leftOut("required-missing"));
  });
});

describe("academic sessions", () => {
  it("are terms", () => {
    expect(read("academicSessions")).toMatchObject({
      record: { externalId: "t1", name: "Fall", type: "semester", beginDate: "2026-08-17", endDate: "2026-12-18", schoolYear: 2027 },
    });
    expect(read("academicSessions", { type: "SCHOOLYEAR" })).toMatchObject({ record: { type: "schoolYear" } });
  });

  it.each([
    [{ type: "quarter" }, "value-unknown"],
    [{ type: undefined }, "required-missing"],
    [{ startDate: "" }, "required-missing"],
    [{ startDate: "2026-02-30" }, "date-required-invalid"],
    [{ endDate: "8/5/2026" }, "date-required-invalid"],
    [{ endDate: "2026-08-16" }, "session-date-order"],
  ])("with %j are left out: %s", (changes, code) => expect(outcome("academicSessions", changes)).toEqual(leftOut(code)));

  it("without a title are named by their dates, and said so where a title is wanted", () => {
    const named = { record: { name: "Aug 17, 2026 to Dec 18, 2026" } };
    expect(read("academicSessions", { title: " " })).toMatchObject({ ...named, issues: [{ code: "session-unnamed" }] });
    const raw = { place: { part: "/terms", position: 1 }, fields: { ...complete.academicSessions, title: undefined } };
    expect(normalise("academicSessions", raw, ["title"])).toMatchObject({ ...named, issues: [] });
  });

  it("may last one day, and may lack a readable school year", () => {
    expect(outcome("academicSessions", { endDate: "2026-08-17" })).toEqual(cameThrough());
    expect(outcome("academicSessions", { schoolYear: "" })).toEqual(cameThrough());
    expect(outcome("academicSessions", { schoolYear: "next" })).toEqual(cameThrough("school-year-unknown"));
  });
});

describe("courses and classes", () => {
  it("keep codes, subjects and grades", () => {
    expect(read("courses")).toMatchObject({
      record: { name: "Algebra I", code: "ALG-1", subjects: ["Mathematics"], grades: ["09", "10"] },
    });
    expect(read("classes")).toMatchObject({
      record: {
        name: "Algebra, period 2",
        code: "A-2",
        classType: "scheduled",
        periods: ["2"],
        courseExternalId: "k1",
        schoolExternalId: "s1",
        termExternalIds: ["t1", "t2"],
      },
    });
  });

  it("need a title, and a class its school", () => {
    expect(outcome("courses", { title: "" })).toEqual(leftOut("required-missing"));
    expect(outcome("classes", { title: "" })).toEqual(leftOut("required-missing"));
    expect(outcome("classes", { schoolSourcedId: "" })).toEqual(leftOut("reference-school"));
    expect(outcome("classes", { schoolSourcedId: "x".repeat(300) })).toEqual(leftOut("reference-school"));
  });

  it("come through degraded where that is harmless", () => {
    expect(outcome("classes", { courseSourcedId: "", termSourcedIds: " , " })).toEqual(cameThrough("reference-course", "reference-term"));
    expect(outcome("classes", { termSourcedIds: ["x".repeat(300)] })).toEqual(cameThrough("reference-term"));
    expect(read("classes", { classType: "block" })).toMatchObject({
      record: { classType: "scheduled" },
      issues: [{ code: "value-replaced", value: "block" }],
    });
    expect(read("classes", { classType: "", periods: undefined })).toMatchObject({
      record: { classType: "scheduled", periods: [] },
      issues: [],
    });
    expect(read("classes", { grades: "9,X1,K" })).toMatchObject({
      record: { grades: ["KG", "09"] },
      issues: [{ code: "grade-unknown", value: "X1" }],
    });
    expect(read("courses", { title: "x".repeat(300) })).toMatchObject({
      record: { name: "x".repeat(255) },
      issues: [{ code: "value-too-long" }],
    });
  });
});

describe("users", () => {
  it("who are students are learners", () => {
    expect(read("users")).toMatchObject({
      record: {
        externalId: "u1",
        role: "learner",
        givenName: "Mary",
        familyName: "Archer",
        email: "mary.archer@example.org",
        username: "mary",
        grade: "09",
        studentNumber: "00863",
        schoolExternalIds: ["s1", "s2"],
      },
    });
  });

  it("have the identifier as student number before any of userIds", () => {
    expect(read("users", { identifier: " 0042 " })).toMatchObject({ record: { studentNumber: "0042" } });
  });

  it("who teach have neither grade nor student number", () => {
    expect(read("users", { role: "Teacher", identifier: "900", grades: "nonsense" })).toMatchObject({
      record: { role: "teacher", grade: null, studentNumber: null },
      issues: [],
    });
  });

  it.each(["administrator", "aide", "guardian", "Parent", "proctor", "RELATIVE"])("who are %s are not rostered", (role) => {
    expect(read("users", { role, email: "", givenName: "" })).toMatchObject({
      disposition: "not-rostered",
      why: role.toLowerCase(),
      issues: [],
    });
  });

  it("with an unknown or no role are left out", () => {
    expect(outcome("users", { role: "principal" })).toEqual(leftOut("value-unknown"));
    expect(outcome("users", { role: "" })).toEqual(leftOut("required-missing"));
  });

  it("need one name of two", () => {
    expect(outcome("users", { givenName: "", familyName: " " })).toEqual(leftOut("required-missing"));
    expect(read("users", { givenName: "" })).toMatchObject({
      record: { givenName: "", familyName: "Archer" },
      issues: [{ code: "name-incomplete", field: "givenName" }],
    });
  });

  it("come through without what cannot be used", () => {
    expect(outcome("users", { email: "" })).toEqual(cameThrough("email-missing"));
    expect(read("users", { email: "mary@" })).toMatchObject({
      record: { email: null },
      issues: [{ code: "email-invalid", value: "mary@", kept: "kept with the email address that Aivo already has, or without one" }],
    });
    expect(outcome("users", { orgSourcedIds: "" })).toEqual(cameThrough("reference-org"));
    expect(read("users", { orgSourcedIds: ["s1", "x".repeat(300)] })).toMatchObject({
      record: { schoolExternalIds: ["s1"] },
      issues: [{ code: "reference-org" }],
    });
    expect(read("users", { identifier: "9".repeat(300) })).toMatchObject({
      record: { studentNumber: null },
      issues: [{ code: "value-too-long" }],
    });
    expect(read("users", { grades: "X,10" })).toMatchObject({ record: { grade: "10" }, issues: [] });
    expect(read("users", { grades: "X" })).toMatchObject({
      record: { grade: null },
      issues: [{ code: "grade-unknown", kept: "grade as Aivo already has it, or left blank" }],
    });
    expect(read("users", { grades: "" })).toMatchObject({ record: { grade: null }, issues: [] });
  });

  it("are not withdrawn by enabledUser", () => expect(outcome("users", { enabledUser: "false" })).toEqual(cameThrough()));

  it("never show a password", () => {
    const wrong = { role: "x", email: "x", grades: "x", orgSourcedIds: "", status: "x" };
    for (const [field, value] of Object.entries(wrong)) {
      expect(JSON.stringify(read("users", { [field]: value, password: "hunter2" }))).not.toContain("hunter2");
    }
  });
});

describe("enrollments", () => {
  it.each([
    [{ role: "student", primary: "true" }, "learner"],
    [{ role: "teacher", primary: "TRUE" }, "teacher"],
    [{ role: "teacher", primary: "" }, "teacher"],
    [{ role: "TEACHER", primary: "0" }, "co-teacher"],
  ])("with %j make a %s", (changes, role) => expect(read("enrollments", changes)).toMatchObject({ record: { role }, issues: [] }));

  it("take a `primary` that cannot be read for none", () => {
    expect(read("enrollments", { role: "teacher", primary: "lead" })).toMatchObject({
      record: { role: "teacher" },
      issues: [{ code: "value-replaced", value: "lead" }],
    });
  });

  it.each(["administrator", "aide", "proctor"])("as %s are not rostered", (role) => {
    expect(read("enrollments", { role })).toMatchObject({ disposition: "not-rostered", why: `enrolled as ${role}` });
  });

  it.each([
    [{ role: "observer" }, "value-unknown"],
    [{ role: "" }, "required-missing"],
    [{ classSourcedId: "" }, "required-missing"],
    [{ userSourcedId: " " }, "required-missing"],
    [{ classSourcedId: "x".repeat(300) }, "reference-class"],
    [{ userSourcedId: "a\u0000b" }, "reference-user"],
  ])("with %j are left out: %s", (changes, code) => expect(outcome("enrollments", changes)).toEqual(leftOut(code)));

  it("come through without dates that make no sense", () => {
    expect(read("enrollments", { beginDate: "2026-02-30" })).toMatchObject({
      record: { beginDate: null, endDate: "2026-12-18" },
      issues: [{ code: "date-invalid", field: "beginDate" }],
    });
    expect(read("enrollments", { endDate: "2026-08-16" })).toMatchObject({
      record: { beginDate: null, endDate: null },
      issues: [{ code: "date-order", value: "2026-08-17 to 2026-08-16" }],
    });
    expect(read("enrollments", { beginDate: "", endDate: undefined })).toMatchObject({
      record: { beginDate: null, endDate: null },
      issues: [],
    });
  });
});

it("cuts the value that an issue shows", () => {
  const [issue] = read("users", { role: "z".repeat(5000) }).issues;
  expect(issue?.value).toHaveLength(200);
  expect(issue && issueCodes[issue.code].severity).toBe("error");
});
