import { createHash } from "node:crypto";
import type postgres from "postgres";
import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import type { RosterRow } from "./files.ts";

interface Common {
  readonly id: string;
  readonly sourced_id: string;
  readonly status: "active" | "deactivated";
}
interface TermRecord extends Common {
  readonly name: string;
  readonly type: string;
  readonly begin_date: string;
  readonly end_date: string;
  readonly school_year: number | null;
}
interface SchoolRecord extends Common {
  readonly name: string;
  readonly number: string | null;
}
interface CourseRecord extends Common {
  readonly name: string;
  readonly code: string | null;
  readonly grades: string[];
  readonly subjects: string[];
}
interface ClassroomRecord extends CourseRecord {
  readonly class_type: string;
  readonly periods: string[];
  readonly course_id: string | null;
  readonly school_id: string;
  readonly term_ids: string[];
}
interface PersonRecord extends Common {
  readonly role: "teacher" | "learner";
  readonly given_name: string;
  readonly middle_name: string | null;
  readonly family_name: string;
  readonly email: string | null;
  readonly username: string | null;
  readonly grade: string | null;
  readonly student_number: string | null;
  readonly school_ids: string[];
}
interface MembershipRecord extends Common {
  readonly classroom_id: string;
  readonly person_sourced_id: string | null;
  readonly role: "teacher" | "co-teacher" | "learner";
  readonly begin_date: string | null;
  readonly end_date: string | null;
}

export interface RosterRows {
  terms(): AsyncIterable<RosterRow<"academicSessions.csv">>;
  schools(): AsyncIterable<RosterRow<"orgs.csv">>;
  /** The district, and its schools. */
  orgs(): AsyncIterable<RosterRow<"orgs.csv">>;
  courses(): AsyncIterable<RosterRow<"courses.csv">>;
  classrooms(): AsyncIterable<RosterRow<"classes.csv">>;
  people(): AsyncIterable<RosterRow<"users.csv">>;
  memberships(): AsyncIterable<RosterRow<"enrollments.csv">>;
  /** 1.2's: what each person is, in each of their schools; in the district, who has none. */
  roles(): AsyncIterable<RosterRow<"roles.csv">>;
  /** Of what was read so far. */
  leftOut(): number;
}

const rowsAtOnce = 2_000;

/**
 * The roster as OneRoster rows, read through cursors. Ids of schools, terms, courses and classrooms are held in memory, because
 * other rows refer to them; people and memberships are not. Admins are no roster. What Aivo does not have is left blank,
 * also where OneRoster wants a value (a username, a class's course): an invented one would come back as data.
 */
export async function rosterRows(sql: postgres.TransactionSql, districtId: string, integrationId: string | null): Promise<RosterRows> {
  /** What the export calls each record of a table. An integration can have several ids for one: then the one it still delivers. */
  const named = (table: string, entity: LinkEntity) =>
    integrationId === null
      ? sql`(select id as record_id, id::text as sourced_id from ${sql(table)} where district_id = ${districtId})`
      : sql`(select distinct on (record_id) record_id, external_id as sourced_id from source_records
             where district_id = ${districtId} and integration_id = ${integrationId} and collection = ${collectionOfLinkEntity[entity]}
               and record_id is not null
             order by record_id, rostered desc, external_id collate "C")`;
  const each = <Row extends Common>(table: string, entity: LinkEntity) =>
    stream<Row>(sql<Row[]>`
      select r.*, named.sourced_id from ${sql(table)} r join ${named(table, entity)} named on named.record_id = r.id
      where r.district_id = ${districtId} order by named.sourced_id collate "C"`);

  const schoolIds = await idsOf(sql, named("schools", "school"));
  const termIds = await idsOf(sql, named("terms", "term"));
  const courseIds = await idsOf(sql, named("courses", "course"));
  const classroomIds = new Map<string, { readonly sourcedId: string; readonly schoolSourcedId: string }>();
  const schoolOfCourse = await schoolsOfCourses(sql, districtId, schoolIds);
  const people = () =>
    stream<PersonRecord>(sql<PersonRecord[]>`
      select r.*, named.sourced_id from accounts r join ${named("accounts", "account")} named on named.record_id = r.id
      where r.district_id = ${districtId} and r.role in ('teacher', 'learner') order by named.sourced_id collate "C"`);
  let leftOut = 0;

  return {
    leftOut: () => leftOut,
    async *terms() {
      for await (const row of each<TermRecord>("terms", "term")) {
        const schoolYear = String(row.school_year ?? row.end_date.slice(0, 4));
        yield { ...common(row), title: row.name, type: row.type, startDate: row.begin_date, endDate: row.end_date, schoolYear };
      }
    },
    async *schools() {
      for await (const row of each<SchoolRecord>("schools", "school")) yield schoolRow(row);
    },
    async *orgs() {
      const [district] = await sql<{ name: string }[]>`select name from districts where id = ${districtId}`;
      yield { sourcedId: districtId, status: "active", name: district?.name ?? "", type: "district" };
      for await (const row of each<SchoolRecord>("schools", "school")) yield schoolRow(row);
    },
    async *courses() {
      for await (const row of each<CourseRecord>("courses", "course")) {
        yield {
          ...common(row),
          title: row.name,
          courseCode: row.code ?? "",
          grades: list(row.grades),
          subjects: list(row.subjects),
          orgSourcedId: schoolOfCourse.get(row.id) ?? "",
        };
      }
    },
    async *classrooms() {
      for await (const row of each<ClassroomRecord>("classrooms", "classroom")) {
        const schoolSourcedId = schoolIds.get(row.school_id);
        if (schoolSourcedId === undefined) {
          leftOut++;
          continue;
        }
        classroomIds.set(row.id, { sourcedId: row.sourced_id, schoolSourcedId });
        yield {
          ...common(row),
          title: row.name,
          grades: list(row.grades),
          courseSourcedId: (row.course_id && courseIds.get(row.course_id)) ?? "",
          classCode: row.code ?? "",
          classType: row.class_type,
          schoolSourcedId,
          termSourcedIds: references(row.term_ids, termIds),
          subjects: list(row.subjects),
          periods: list(row.periods),
        };
      }
    },
    async *people() {
      for await (const row of people()) {
        yield {
          ...common(row),
          enabledUser: String(row.status === "active"),
          orgSourcedIds: list(schoolsOf(row, schoolIds)),
          role: roleWords[row.role],
          username: row.username ?? "",
          givenName: row.given_name,
          familyName: row.family_name,
          middleName: row.middle_name ?? "",
          identifier: row.student_number ?? "",
          email: row.email ?? "",
          grades: row.grade ?? "",
          primaryOrgSourcedId: schoolsOf(row, schoolIds)[0] ?? "",
        };
      }
    },
    async *roles() {
      for await (const row of people()) {
        const schools = schoolsOf(row, schoolIds);
        for (const orgSourcedId of schools.length === 0 ? [districtId] : schools) {
          yield {
            ...common(row),
            sourcedId: roleSourcedId(row.sourced_id, orgSourcedId),
            userSourcedId: row.sourced_id,
            // One in each org, as the standard has it: Aivo knows no school of a person as more than another.
            roleType: "primary",
            role: roleWords[row.role],
            orgSourcedId,
          };
        }
      }
    },
    async *memberships() {
      const memberships = stream<MembershipRecord>(sql<MembershipRecord[]>`
        select m.*, named.sourced_id, person.sourced_id as person_sourced_id
        from memberships m
        join ${named("memberships", "membership")} named on named.record_id = m.id
        left join ${named("accounts", "account")} person on person.record_id = m.account_id
        where m.district_id = ${districtId} order by named.sourced_id collate "C"`);
      for await (const row of memberships) {
        const classroom = classroomIds.get(row.classroom_id);
        if (!classroom || row.person_sourced_id === null) {
          leftOut++;
          continue;
        }
        yield {
          ...common(row),
          classSourcedId: classroom.sourcedId,
          schoolSourcedId: classroom.schoolSourcedId,
          userSourcedId: row.person_sourced_id,
          ...enrollmentRole[row.role],
          beginDate: row.begin_date ?? "",
          endDate: row.end_date ?? "",
        };
      }
    },
  };
}

const enrollmentRole = {
  teacher: { role: "teacher", primary: "true" },
  "co-teacher": { role: "teacher", primary: "false" },
  learner: { role: "student", primary: "" },
} as const;

const roleWords = { learner: "student", teacher: "teacher" } as const;

/** An account has one kind, so that a person and an org are one role. In signs that the standard allows, and no longer than it does. */
function roleSourcedId(person: string, org: string): string {
  const joined = `${person}@${org}`;
  return joined.length <= 255 ? joined : createHash("sha256").update(joined).digest("hex");
}

function schoolRow(row: SchoolRecord): RosterRow<"orgs.csv"> {
  return { ...common(row), name: row.name, type: "school", identifier: row.number ?? "" };
}

function common(row: Common) {
  return { sourcedId: row.sourced_id, status: row.status === "active" ? "active" : "tobedeleted" };
}

/** OneRoster puts the values of a list into one cell, with commas between. */
function list(values: readonly string[]): string {
  return values.join(",");
}

function references(ids: readonly string[], sourcedIds: ReadonlyMap<string, string>): string {
  return list(sourcedIdsOf(ids, sourcedIds));
}

function sourcedIdsOf(ids: readonly string[], sourcedIds: ReadonlyMap<string, string>): readonly string[] {
  return ids.flatMap((id) => sourcedIds.get(id) ?? []);
}

/**
 * A person's schools: which is first is said by both versions, 1.2 knows no order of the others. So they go out by id, as a reader of 1.2
 * lists them (lib/roster/fold-roles.ts), and a set that went in comes out as it was.
 */
function schoolsOf({ school_ids }: Pick<PersonRecord, "school_ids">, schoolIds: ReadonlyMap<string, string>): readonly string[] {
  const [first, ...others] = sourcedIdsOf(school_ids, schoolIds);
  return first === undefined ? [] : [first, ...others.sort((a, b) => (a < b ? -1 : 1))];
}

async function idsOf(sql: postgres.TransactionSql, named: postgres.PendingQuery<postgres.Row[]>): Promise<Map<string, string>> {
  const rows = await sql<{ record_id: string; sourced_id: string }[]>`select record_id, sourced_id from ${named} named`;
  return new Map(rows.map((row) => [row.record_id, row.sourced_id]));
}

/** OneRoster's courses belong to an org, Aivo's do not: the first school, by id, that teaches it. */
async function schoolsOfCourses(
  sql: postgres.TransactionSql,
  districtId: string,
  schoolIds: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const rows = await sql<{ course_id: string; school_id: string }[]>`
    select distinct course_id, school_id from classrooms where district_id = ${districtId} and course_id is not null`;
  const first = new Map<string, string>();
  for (const { course_id, school_id } of rows) {
    const sourcedId = schoolIds.get(school_id);
    const known = first.get(course_id);
    if (sourcedId !== undefined && (known === undefined || sourcedId < known)) first.set(course_id, sourcedId);
  }
  return first;
}

async function* stream<Row>(query: postgres.PendingQuery<Row[] & postgres.MaybeRow[]>): AsyncGenerator<Row> {
  for await (const rows of query.cursor(rowsAtOnce)) yield* rows as unknown as Row[];
}
