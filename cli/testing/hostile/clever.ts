/** Test-only: the same district as Clever has it: sections hold their members, ids are 24 characters of hex. */
import { createHash } from "node:crypto";
import { among, hostileRecords, type Json } from "./records.ts";
import { sign } from "./values.ts";

export const cleverKinds = ["schools", "terms", "courses", "sections", "users"] as const;
export type CleverKind = (typeof cleverKinds)[number];

const share: Readonly<Record<CleverKind, number>> = { schools: 8, terms: 6, courses: 12, sections: 29, users: 45 };

export const cleverId = (name: string) => createHash("md5").update(name).digest("hex").slice(0, 24);
const stamps = { district: cleverId("district"), created: "2026-08-01T00:00:00.000Z", last_modified: "2026-08-01T00:00:00.000Z" };

const make: Readonly<Record<CleverKind, (name: string, at: number) => Json>> = {
  schools: (name) => ({
    ...{
      id: cleverId(name),
      ...stamps,
      name: `School ${name}`,
      sis_id: name,
      school_number: name,
      low_grade: "9",
      high_grade: "12",
      phone: null,
    },
    ...{ location: { city: "Lakeside" }, principal: { name: null, email: null }, ext: {} },
  }),
  terms: (name) => ({
    id: cleverId(name),
    district: stamps.district,
    name: `Term ${name}`,
    start_date: "2026-08-15",
    end_date: "2027-06-10",
  }),
  courses: (name) => ({ id: cleverId(name), district: stamps.district, name: `Course ${name}`, number: name }),
  sections: (name, at) => ({
    ...{
      id: cleverId(name),
      ...stamps,
      school: cleverId("sane-school"),
      name: `Class ${name}`,
      sis_id: name,
      course: cleverId("sane-course"),
    },
    ...{
      term_id: cleverId("sane-term"),
      subject: "math",
      grade: "9",
      period: "1",
      section_number: name,
      teacher: cleverId("sane-teacher"),
    },
    ...{ teachers: [cleverId("sane-teacher")], students: [cleverId(`users-${at}`), cleverId(`users-${at + 1}`)], ext: {} },
  }),
  users: (name, at) => ({
    ...{
      id: cleverId(name),
      ...stamps,
      email: `${name}@lakeside.example`,
      name: { first: `${sign}given`, middle: null, last: `${sign}family ${name}` },
    },
    roles:
      at % 7 === 0
        ? { teacher: { school: cleverId("sane-school") }, student: { school: cleverId("sane-school"), student_number: name, grade: "9" } }
        : at % 3 === 0
          ? {
              teacher: {
                credentials: { district_username: name },
                school: cleverId("sane-school"),
                schools: [cleverId("sane-school")],
                sis_id: name,
              },
            }
          : {
              student: {
                credentials: { district_username: name },
                school: cleverId("sane-school"),
                schools: [],
                student_number: name,
                grade: "9",
              },
            },
  }),
};

const person = (name: string, at: number) => ({ ...make.users(name, at), name: { first: "Sane", middle: null, last: `Person ${name}` } });
const formulaPerson = { ...make.users("sane-formula", 1), name: { first: "=1+1", middle: null, last: "＝HYPERLINK(A1)" } };
const sane: Readonly<Record<CleverKind, readonly Json[]>> = {
  schools: [make.schools("sane-school", 0)],
  terms: [make.terms("sane-term", 0)],
  courses: [make.courses("sane-course", 0)],
  sections: [{ ...make.sections("sane-class", 0), students: [cleverId("sane-one"), cleverId("sane-two")] }],
  users: [person("sane-teacher", 0), person("sane-one", 1), person("sane-two", 1), formulaPerson],
};

/** Each record as text. */
export function cleverDistrict(all: number, seed: number): Readonly<Record<CleverKind, readonly string[]>> {
  const of = (kind: CleverKind, at: number) =>
    among(
      hostileRecords(make[kind], kind, Math.round((share[kind] * all) / 100), seed + at),
      sane[kind].map((record) => JSON.stringify(record)),
    );
  return Object.fromEntries(cleverKinds.map((kind, at) => [kind, of(kind, at)])) as Record<CleverKind, readonly string[]>;
}
