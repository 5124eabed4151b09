import type { Tx } from "#lib/platform/db/tx.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import type { Fragment } from "#lib/services/people/search.ts";
import type { Kind } from "./kinds.ts";

export type Json = Readonly<Record<string, unknown>>;

/**
 * What each kind is read from, as rows `r` with `id`, `status` and `modified_at`. What a sync or an admin changes has a new `updated_at`; an
 * undo puts that back as well, and so everything counts as changed when the last undo ended: readers of changes read all of it once.
 */
export function rowsOf(tx: Tx, kind: Kind): Fragment {
  const undone = tx.sql`(
    select max(finished_at) from sync_runs where district_id = ${tx.districtId} and kind = 'undo' and state = 'succeeded')`;
  const modified = tx.sql`date_trunc('milliseconds', greatest(t.updated_at, ${undone})) as modified_at`;
  const table = (name: string) => tx.sql`(select t.*, ${modified} from ${tx.sql(name)} t where t.district_id = ${tx.districtId})`;
  switch (kind) {
    case "orgs":
      return tx.sql`(
        select id, name, number, 'school' as type, district_id as parent_id, status, date_trunc('milliseconds', greatest(t.updated_at, ${undone})) as modified_at
        from schools t where district_id = ${tx.districtId}
        union all
        select id, name, null, 'district', null, 'active', date_trunc('milliseconds', created_at) from districts where id = ${tx.districtId})`;
    case "academicSessions":
      return table("terms");
    case "courses":
      // OneRoster's courses belong to an org, Aivo's do not: the first school, by id, that teaches it, or the district.
      return tx.sql`(
        select t.*, coalesce(s.school_id, t.district_id) as org_id, ${modified}
        from courses t left join (
          select course_id, min(school_id::text)::uuid as school_id from classrooms where district_id = ${tx.districtId} group by course_id
        ) s on s.course_id = t.id
        where t.district_id = ${tx.districtId})`;
    case "classes":
      return table("classrooms");
    case "users":
      // Admins are no roster.
      return tx.sql`(
        select t.id, t.status, t.role, t.given_name, t.middle_name, t.family_name, t.email, t.username, t.grade, t.student_number, t.school_ids, ${modified}
        from accounts t where t.district_id = ${tx.districtId} and t.role in ('teacher', 'learner'))`;
    case "enrollments":
      return tx.sql`(
        select t.*, c.school_id, ${modified}
        from memberships t left join classrooms c on c.district_id = t.district_id and c.id = t.classroom_id
        where t.district_id = ${tx.districtId})`;
  }
}

interface Row {
  readonly id: string;
  readonly status: "active" | "deactivated";
  readonly modified_at: string;
}

/** Makes refs: an href is for people who look; ids are what counts. */
export type RefOf = (kind: Kind, id: string, type: string) => Json;

/** As which version records are written. */
export interface View {
  readonly version: OneRosterVersion;
  readonly ref: RefOf;
}

/**
 * Rows as OneRoster's JSON. What Aivo does not have is left out, or blank where the version says that it must be there: 1.1's user name, 1.2's
 * number of an org.
 */
export function recordsOf(districtId: string, kind: Kind, rows: readonly Row[], view: View): readonly Json[] {
  const make = makers[kind](districtId, view);
  return rows.map((row) => ({
    sourcedId: row.id,
    status: row.status === "active" ? "active" : "tobedeleted",
    dateLastModified: new Date(row.modified_at).toISOString(),
    ...withoutNull(make(row as never)),
  }));
}

function withoutNull(record: Json): Json {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

type Make<R> = (districtId: string, view: View) => (row: R) => Json;

interface OrgRow {
  readonly id: string;
  readonly name: string;
  readonly type: "school" | "district";
  readonly number: string | null;
}
interface SessionRow {
  readonly name: string;
  readonly type: string;
  readonly begin_date: string;
  readonly end_date: string;
  readonly school_year: number | null;
}
interface TaughtRow {
  readonly name: string;
  readonly code: string | null;
  readonly grades: string[];
  readonly subjects: string[];
}
interface CourseRow extends TaughtRow {
  readonly org_id: string;
}
interface ClassRow extends TaughtRow {
  readonly class_type: string;
  readonly periods: string[];
  readonly course_id: string | null;
  readonly school_id: string;
  readonly term_ids: string[];
}
interface UserRow {
  readonly role: "teacher" | "learner";
  readonly status: string;
  readonly given_name: string;
  readonly middle_name: string | null;
  readonly family_name: string;
  readonly email: string | null;
  readonly username: string | null;
  readonly grade: string | null;
  readonly student_number: string | null;
  readonly school_ids: string[];
}
interface EnrollmentRow {
  readonly classroom_id: string;
  readonly account_id: string;
  /** Null: a classroom that is not there. */
  readonly school_id: string | null;
  readonly role: "teacher" | "co-teacher" | "learner";
  readonly begin_date: string | null;
  readonly end_date: string | null;
}

const makers: {
  readonly orgs: Make<OrgRow>;
  readonly academicSessions: Make<SessionRow>;
  readonly courses: Make<CourseRow>;
  readonly classes: Make<ClassRow>;
  readonly users: Make<UserRow>;
  readonly enrollments: Make<EnrollmentRow>;
} = {
  orgs:
    (districtId, { version, ref }) =>
    ({ name, type, number }) => ({
      name,
      type,
      identifier: number ?? (version === "1.1" ? null : ""),
      parent: type === "school" ? ref("orgs", districtId, "org") : null,
    }),
  academicSessions: () => (row) => ({
    title: row.name,
    type: row.type,
    startDate: row.begin_date,
    endDate: row.end_date,
    schoolYear: String(row.school_year ?? row.end_date.slice(0, 4)),
  }),
  courses:
    (_districtId, { ref }) =>
    (row) => ({
      title: row.name,
      courseCode: row.code ?? "",
      grades: row.grades,
      subjects: row.subjects,
      org: ref("orgs", row.org_id, "org"),
    }),
  classes:
    (_districtId, { ref }) =>
    (row) => ({
      title: row.name,
      classCode: row.code,
      classType: row.class_type,
      grades: row.grades,
      subjects: row.subjects,
      periods: row.periods,
      course: row.course_id === null ? null : ref("courses", row.course_id, "course"),
      school: ref("orgs", row.school_id, "org"),
      terms: row.term_ids.map((id) => ref("academicSessions", id, "academicSession")),
    }),
  users: (districtId, view) => (row) => {
    const { version, ref } = view;
    return {
      username: row.username ?? (version === "1.1" ? "" : null),
      enabledUser: truth(version, row.status === "active"),
      givenName: row.given_name,
      middleName: row.middle_name,
      familyName: row.family_name,
      identifier: row.student_number,
      email: row.email,
      grades: row.grade === null ? [] : [row.grade],
      ...(version === "1.1"
        ? { role: roleWords[row.role], orgs: row.school_ids.map((id) => ref("orgs", id, "org")) }
        : rolesOf(districtId, row, view)),
    };
  },
  enrollments:
    (districtId, { version, ref }) =>
    (row) => ({
      role: row.role === "learner" ? "student" : "teacher",
      primary: row.role === "learner" && version === "1.1" ? null : truth(version, row.role === "teacher"),
      beginDate: row.begin_date,
      endDate: row.end_date,
      user: ref("users", row.account_id, "user"),
      class: ref("classes", row.classroom_id, "class"),
      school: ref("orgs", row.school_id ?? districtId, "org"),
    }),
};

const roleWords = { learner: "student", teacher: "teacher" } as const;

/**
 * 1.2's roles. An account has one kind, and Aivo knows no school of a person as more than another: each school's role is its primary one, as the
 * standard wants one in each org. Somebody without a school has it in the district, for a user has at least one role.
 */
function rolesOf(districtId: string, { role, school_ids }: UserRow, { ref }: View): Json {
  const orgs = school_ids.length === 0 ? [districtId] : school_ids;
  const [first] = school_ids;
  return {
    roles: orgs.map((id) => ({ roleType: "primary", role: roleWords[role], org: ref("orgs", id, "org") })),
    primaryOrg: first === undefined ? null : ref("orgs", first, "org"),
  };
}

/** 1.2's booleans are texts. */
const truth = (version: OneRosterVersion, value: boolean): boolean | string => (version === "1.1" ? value : String(value));
