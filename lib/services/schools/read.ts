import { isOfSchools, type ReachScope } from "#lib/platform/access.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isoDates } from "#lib/platform/format/iso.ts";
import { sortGrades } from "#lib/roster/grade.ts";
import { originsBeyond, originsOf } from "#lib/services/origins/read.ts";
import { mostNames, textsAlike } from "#lib/services/people/names-alike.ts";
import { asUuid } from "#lib/services/people/read.ts";
import { type NamedRef, rosterPageSize } from "#lib/services/people/schema.ts";
import { allOf, type Fragment, likePattern, namedById, wordsOf } from "#lib/services/people/search.ts";
import type { Services } from "#lib/services/services.ts";
import { asRelation, type SchoolCounts, schoolCounts } from "./counts.ts";
import type { SchoolDetail, SchoolRow, SchoolSort, SchoolsFilter, SchoolsPage } from "./schema.ts";

/** One page of the schools of a district, with what is active in each. */
export function listSchools(services: Pick<Services, "db">, scope: ReachScope<"read-roster">, filter: SchoolsFilter): Promise<SchoolsPage> {
  return withDistrict(services.db, scope, async (tx) => {
    const where = conditions(tx, filter);
    const [counted] = await tx.sql<{ total: number }[]>`select count(*)::int as total from schools s where ${where}`;
    const counts = await schoolCounts(tx, scope);
    const rows = await tx.sql<SchoolRow[]>`
      ${selectSchools(tx, counts)} where ${where}
      order by ${order(tx, filter)}
      limit ${rosterPageSize} offset ${(filter.page - 1) * rosterPageSize}`;
    const total = counted?.total ?? 0;
    const alike = total > 0 || filter.q === "" ? [] : textsAlike(filter.q, await names(tx, filter));
    return { rows: rows.map(sorted), total, page: filter.page, pageSize: rosterPageSize, alike };
  });
}

async function names(tx: Tx, filter: SchoolsFilter): Promise<readonly string[]> {
  const rows = await tx.sql<{ name: string }[]>`
    select distinct s.name from schools s where ${conditions(tx, { ...filter, q: "" })} limit ${mostNames}`;
  return rows.map(({ name }) => name);
}

/** @throws ServiceError `not-found` */
export async function getSchool(services: Pick<Services, "db">, scope: ReachScope<"read-roster">, id: string): Promise<SchoolDetail> {
  const found = await withDistrict(services.db, scope, async (tx) => {
    const counts = await schoolCounts(tx, scope);
    const [row] = await tx.sql<(SchoolRow & Pick<SchoolDetail, "createdAt" | "updatedAt" | "deactivatedAt"> & { ownGrades: string[] })[]>`
      ${selectSchools(tx, counts)} where s.district_id = ${tx.districtId} and s.id = ${asUuid(id)}`;
    if (!row) throw new ServiceError("not-found", "There is no such school.");
    const learnersByGrade = await tx.sql<{ grade: string | null; count: number }[]>`
      select grade, count(*)::int as count from accounts
      where district_id = ${tx.districtId} and role = 'learner' and status = 'active' and ${row.id}::uuid = any(school_ids)
      group by grade`;
    const byCode = new Map(learnersByGrade.map((entry) => [entry.grade, entry.count]));
    const codes = sortGrades([...byCode.keys()].filter((code) => code !== null));
    const { ownGrades, ...school } = row;
    return {
      ...sorted(school),
      gradesAreOfLearners: ownGrades.length === 0 && row.grades.length > 0,
      learnersByGrade: [...codes, ...(byCode.has(null) ? [null] : [])].map((grade) => ({ grade, count: byCode.get(grade) ?? 0 })),
      ...isoDates(row),
      origins: isOfSchools(scope) ? [] : await originsOf(tx, "school", row.id),
    };
  });
  return isOfSchools(scope) ? { ...found, origins: await originsBeyond(services, scope, "school", id) } : found;
}

/** The schools to filter by: those in use, by name. */
export function listSchoolNames(services: Pick<Services, "db">, scope: ReachScope<"read-roster">): Promise<readonly NamedRef[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const rows = await tx.sql<
      NamedRef[]
    >`select id, name from schools where district_id = ${tx.districtId} and status = 'active' order by name limit 2000`;
    return [...rows];
  });
}

function selectSchools(tx: Tx, counts: readonly SchoolCounts[]): Fragment {
  return tx.sql`
    select s.id, s.name, s.number, s.status, s.grades as "ownGrades",
      case when s.grades = '{}' then coalesce(p.grades, '{}') else s.grades end as grades,
      coalesce(p.teachers, 0) as "teacherCount", coalesce(p.learners, 0) as "learnerCount",
      coalesce(p.classrooms, 0) as "classroomCount",
      s.created_at as "createdAt", s.updated_at as "updatedAt", s.deactivated_at as "deactivatedAt"
    from schools s left join ${asRelation(tx, counts)} on p.id = s.id`;
}

function conditions(tx: Tx, filter: SchoolsFilter) {
  const all = [tx.sql`s.district_id = ${tx.districtId}`];
  if (filter.status !== "all") all.push(tx.sql`s.status = ${filter.status}`);
  const words = wordsOf(filter.q);
  if (words.length > 0) {
    const eachWord = allOf(
      tx,
      words.map((word) => tx.sql`lower(concat_ws(' ', s.name, s.number)) like ${likePattern(word)}`),
    );
    all.push(tx.sql`((${eachWord}) or ${namedById(tx, "s.id", "school", filter.q)})`);
  }
  return allOf(tx, all);
}

function order(tx: Tx, filter: SchoolsFilter) {
  const direction = filter.direction === "asc" ? tx.sql`asc` : tx.sql`desc`;
  const first: Record<SchoolSort, ReturnType<typeof conditions>> = {
    name: tx.sql`s.name ${direction}`,
    number: tx.sql`s.number ${direction} nulls last`,
    learners: tx.sql`coalesce(p.learners, 0) ${direction}`,
  };
  return tx.sql`${first[filter.sort]}, s.name, s.id`;
}

function sorted(row: SchoolRow): SchoolRow {
  const { id, name, number, status, classroomCount, teacherCount, learnerCount } = row;
  return { id, name, number, status, classroomCount, teacherCount, learnerCount, grades: sortGrades(row.grades) };
}
