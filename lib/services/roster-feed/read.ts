import type { DistrictScope } from "#lib/platform/access.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { allOf, type Fragment } from "#lib/services/people/search.ts";
import type { Services } from "#lib/services/services.ts";
import type { FeedFilter, FeedName, FeedRecord } from "./schema.ts";

interface Feed {
  readonly table: string;
  /** The columns but id and those of every record, as they are selected. */
  readonly columns: string;
}

const sources: Readonly<Record<FeedName, Feed>> = {
  schools: { table: "schools", columns: `name, number, grades` },
  terms: {
    table: "terms",
    columns: `name, type, begin_date::text as "beginDate", end_date::text as "endDate", school_year as "schoolYear"`,
  },
  courses: { table: "courses", columns: `name, code, subjects, grades` },
  classrooms: {
    table: "classrooms",
    columns: `name, code, class_type as "classType", subjects, grades, periods, course_id as "courseId", school_id as "schoolId", term_ids as "termIds"`,
  },
  people: {
    table: "accounts",
    columns: `role, given_name as "givenName", middle_name as "middleName", family_name as "familyName", email, username, grade,
      student_number as "studentNumber", school_ids as "schoolIds", barred_at is not null as "isBarred"`,
  },
  memberships: {
    table: "memberships",
    columns: `classroom_id as "classroomId", account_id as "personId", role, begin_date::text as "beginDate", end_date::text as "endDate"`,
  },
};

type Stored<Name extends FeedName> = FeedRecord<Name> & {
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deactivatedAt: string | null;
};

export interface FeedPage {
  /** The id of the last record of the page before; null: from the beginning. */
  readonly after: string | null;
  readonly limit: number;
}

/**
 * The next records of the roster in the order of their ids, in which they were made: who reads page after page meets each record that was
 * there all the time once, whatever comes and goes meanwhile. Each page is one look into the primary key.
 */
export function listFeed<Name extends FeedName>(
  services: Pick<Services, "db">,
  scope: DistrictScope,
  name: Name,
  filter: FeedFilter,
  { after, limit }: FeedPage,
): Promise<readonly FeedRecord<Name>[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const all = [...conditions(tx, name, filter), ...(after === null ? [] : [tx.sql`id > ${after}`])];
    const rows = await select<Name>(tx, name, tx.sql`where ${allOf(tx, all)} order by id limit ${limit}`);
    return rows.map((row) => asRead<Name>(row));
  });
}

/** @throws ServiceError `not-found` */
export function getFeedRecord<Name extends FeedName>(
  services: Pick<Services, "db">,
  scope: DistrictScope,
  name: Name,
  id: string,
): Promise<FeedRecord<Name>> {
  return withDistrict(services.db, scope, async (tx) => {
    const where = allOf(tx, [...conditions(tx, name, {}), tx.sql`id = ${id}`]);
    const [row] = isUuid(id) ? await select<Name>(tx, name, tx.sql`where ${where}`) : [];
    if (!row) throw new ServiceError("not-found", "There is no such record in the roster.");
    return asRead<Name>(row);
  });
}

async function select<Name extends FeedName>(tx: Tx, name: Name, rest: Fragment): Promise<Stored<Name>[]> {
  const { table, columns } = sources[name];
  const rows = await tx.sql`
    select id, ${tx.sql.unsafe(columns)}, status, created_at as "createdAt", updated_at as "updatedAt", deactivated_at as "deactivatedAt"
    from ${tx.sql(table)} ${rest}`;
  return rows as unknown as Stored<Name>[];
}

/** Admins are no roster. */
function conditions(tx: Tx, name: FeedName, { status, role, classroomId, personId }: FeedFilter): Fragment[] {
  const all = [tx.sql`district_id = ${tx.districtId}`];
  if (name === "people") all.push(role === undefined ? tx.sql`role in ('teacher', 'learner')` : tx.sql`role = ${role}`);
  if (status !== undefined) all.push(tx.sql`status = ${status}`);
  if (name === "memberships" && classroomId !== undefined) all.push(tx.sql`classroom_id = ${classroomId}`);
  if (name === "memberships" && personId !== undefined) all.push(tx.sql`account_id = ${personId}`);
  return all;
}

function asRead<Name extends FeedName>(row: Stored<Name>): FeedRecord<Name> {
  const iso = (at: string) => new Date(at).toISOString();
  return {
    ...row,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
    deactivatedAt: row.deactivatedAt === null ? null : iso(row.deactivatedAt),
  };
}
