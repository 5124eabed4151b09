import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CanonicalByCollection, type Collection, collections } from "./canonical.ts";
import { parseDate } from "./date.ts";
import { gradeCodes } from "./grade.ts";
import { issueCodes } from "./issue-codes.ts";
import type { Normalised } from "./issues.ts";
import type { RawValue } from "./list.ts";
import { normalise } from "./normalise.ts";
import type { RawRecord } from "./raw.ts";
import { cleanText, isStorable } from "./text.ts";

const place = { part: "any.csv", position: 7 };
type AnyRecord = CanonicalByCollection[Collection];

/** Fields that read what they say, so that random values get deep into the rules instead of ending at the first of them. */
const words = {
  sourcedId: ["a1", "00|7 x", "{6F4283DC}"],
  status: ["active", "tobedeleted", "inactive", ""],
  name: ["Grand Bend High"],
  type: ["school", "district", "gradingPeriod", "term"],
  identifier: ["0042"],
  title: ["Algebra  I", "Jose\u0301"],
  startDate: ["2026-08-17", "2026-02-30"],
  endDate: ["2026-12-18", "2020-01-01"],
  schoolYear: ["2026-2027", "2027"],
  courseCode: ["ALG"],
  grades: ["9,K", "Grade 3", "kg", "x"],
  subjects: ["Maths,Art"],
  courseSourcedId: ["k1"],
  classCode: ["A"],
  classType: ["homeroom", "scheduled"],
  schoolSourcedId: ["s1"],
  termSourcedIds: ["t1,t2"],
  periods: ["1,2"],
  orgSourcedIds: ["s1, s1"],
  role: ["student", "teacher", "parent", "aide"],
  username: ["mary"],
  userIds: ["{studentNumber:1},{LDAP:x}"],
  givenName: ["Mary", ""],
  familyName: ["Archer", ""],
  email: ["Mary@Example.org", "mary@"],
  primary: ["true", "false", "Y"],
  classSourcedId: ["c1"],
  userSourcedId: ["u1"],
  beginDate: ["2026-08-17T00:00:00Z", "2027-01-01"],
  enabledUser: ["true"],
  password: ["hunter2"],
} as const satisfies Record<string, readonly string[]>;
type FieldName = keyof typeof words;
const fieldNames = Object.keys(words) as FieldName[];

const wildText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(" ", "\u200B", "\uFEFF", "\0", ",", "{", "}", ":", "@", ".", "-", "1", "a", "\uD83C", "é") }),
  fc.constantFrom(" ", "\u00A0", "x".repeat(300), "9".repeat(100_000), "ü,".repeat(500), "🏫".repeat(200)),
);
const wildValue: fc.Arbitrary<RawValue> = fc.oneof(wildText, fc.constant(undefined), fc.array(wildText, { maxLength: 4 }));
const collection = fc.constantFrom(...collections);

function fieldsOf(chanceOfWild: number): fc.Arbitrary<Record<string, RawValue>> {
  return fc.record(
    Object.fromEntries(
      fieldNames.map((name) => [
        name,
        fc.oneof(
          { weight: 100 - chanceOfWild, arbitrary: fc.constantFrom<string>(...words[name]) },
          { weight: chanceOfWild, arbitrary: wildValue },
        ),
      ]),
    ) as Record<FieldName, fc.Arbitrary<RawValue>>,
  );
}
const anyFields = fc.oneof(fieldsOf(5), fieldsOf(40), fc.dictionary(fc.constantFrom(...fieldNames), wildValue));

function read(of: Collection, fields: RawRecord["fields"]): Normalised<AnyRecord> {
  return normalise(of, { place, fields });
}

/** Every text anywhere in a record. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

describe("whatever a SIS sends, normalise", () => {
  it("answers with one disposition and issues that can be stored and explained", () => {
    fc.assert(
      fc.property(collection, anyFields, (of, fields) => {
        const result = read(of, fields);
        expect(["rostered", "withdrawn", "not-rostered", "left-out"]).toContain(result.disposition);
        if (result.disposition === "left-out") expect(result.issues.length).toBeGreaterThan(0);
        for (const issue of result.issues) {
          expect(issueCodes[issue.code]).toBeDefined();
          expect(issue.place).toBe(place);
          expect(issue.collection).toBe(of);
          expect(issue.kept).not.toBe("");
          expect(issue.value === null || issue.value.length <= 200).toBe(true);
          expect(textsOf(issue).every(isStorable)).toBe(true);
        }
        const isError = result.issues.some((issue) => issueCodes[issue.code].severity === "error");
        expect(isError).toBe(result.disposition === "left-out");
        expect(JSON.stringify(result)).not.toContain("hunter2");
      }),
      { numRuns: 1000 },
    );
  });

  it("rosters only records that keep their promises", () => {
    fc.assert(
      fc.property(collection, anyFields, (of, fields) => {
        const result = read(of, fields);
        if (result.disposition === "rostered") expectSound(of, result.record);
      }),
      { numRuns: 1000 },
    );
  });

  it("makes the same record of a record that it made", () => {
    fc.assert(
      fc.property(collection, anyFields, (of, fields) => {
        const result = read(of, fields);
        if (result.disposition !== "rostered") return;
        const again = read(of, rawFieldsOf(of, result.record));
        expect(again).toMatchObject({ disposition: "rostered", record: result.record });
      }),
      { numRuns: 1000 },
    );
  });

  it("makes nothing of invisible characters around a value, nor of the case of a word", () => {
    const padding = fc.constantFrom("", " ", "\u00A0", "\u200B", "\uFEFF", "\t", "\r\n", "\u2060\u3000");
    const mixed = fc.array(fc.tuple(padding, padding, fc.boolean()), { minLength: fieldNames.length, maxLength: fieldNames.length });
    fc.assert(
      fc.property(collection, fieldsOf(0), mixed, (of, fields, changes) => {
        const changed = Object.fromEntries(
          fieldNames.map((name, index) => {
            const [before, after, upper] = changes[index] ?? ["", "", false];
            const text = String(fields[name]);
            return [name, before + (upper && caseless.has(name) ? text.toUpperCase() : text) + after];
          }),
        );
        expect(withoutValues(read(of, changed))).toEqual(withoutValues(read(of, fields)));
      }),
      { numRuns: 1000 },
    );
  });
});

const caseless: ReadonlySet<string> = new Set<FieldName>(["status", "type", "classType", "role", "primary", "grades", "email"]);

/** Issues quote values as they arrived, padding and all; nothing else may differ. */
function withoutValues(result: Normalised<AnyRecord>) {
  return { ...result, issues: result.issues.map((issue) => ({ ...issue, value: null })) };
}

function expectSound(of: Collection, record: AnyRecord): void {
  for (const text of textsOf(record)) {
    expect(cleanText(text)).toBe(text);
    expect(isStorable(text)).toBe(true);
    expect(text.length).toBeLessThanOrEqual(255);
  }
  expect(record.externalId).not.toBe("");
  if ("name" in record) expect(record.name).not.toBe("");
  if ("grades" in record) {
    const ranks = record.grades.map((grade) => (gradeCodes as readonly string[]).indexOf(grade));
    expect(ranks).toEqual([...new Set(ranks)].sort((a, b) => a - b));
    expect(ranks).not.toContain(-1);
  }
  if ("beginDate" in record) {
    const { beginDate, endDate } = record;
    for (const date of [beginDate, endDate]) expect(date === null || parseDate(date) === date).toBe(true);
    if (of === "academicSessions") expect(beginDate !== null && endDate !== null).toBe(true);
    if (beginDate !== null && endDate !== null) expect(beginDate <= endDate).toBe(true);
  }
  if ("familyName" in record) {
    expect(record.givenName + record.familyName).not.toBe("");
    expect(record.email).toBe(record.email?.toLowerCase() ?? null);
    expect(record.grade === null || (gradeCodes as readonly string[]).includes(record.grade)).toBe(true);
    if (record.role === "teacher") expect([record.grade, record.studentNumber]).toEqual([null, null]);
  }
  for (const list of Object.values(record).filter(Array.isArray)) expect(new Set(list).size).toBe(list.length);
}

/** A canonical record as a SIS would send it. */
function rawFieldsOf(of: Collection, record: AnyRecord): Record<string, RawValue> {
  const { externalId: sourcedId, ...rest } = record;
  const fields: Record<string, RawValue> = Object.fromEntries(
    Object.entries({ sourcedId, ...rest }).map(([name, value]) => [
      sisNames[of][name] ?? name,
      Array.isArray(value) ? value : value === null ? undefined : String(value),
    ]),
  );
  if (of === "orgs") fields.type = "school";
  if (of === "users") Object.assign(fields, { role: fields.role === "learner" ? "student" : "teacher", grades: fields.grade });
  if (of === "enrollments")
    Object.assign(fields, { role: fields.role === "learner" ? "student" : "teacher", primary: String(fields.role === "teacher") });
  return fields;
}

const sisNames: Record<Collection, Record<string, string>> = {
  orgs: { number: "identifier" },
  academicSessions: { name: "title", beginDate: "startDate" },
  courses: { name: "title", code: "courseCode" },
  classes: {
    name: "title",
    code: "classCode",
    courseExternalId: "courseSourcedId",
    schoolExternalId: "schoolSourcedId",
    termExternalIds: "termSourcedIds",
  },
  users: { studentNumber: "identifier", schoolExternalIds: "orgSourcedIds" },
  roles: { personExternalId: "userSourcedId", word: "role", type: "roleType", orgExternalId: "orgSourcedId" },
  enrollments: { classExternalId: "classSourcedId", personExternalId: "userSourcedId" },
};
