import type { DistrictScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { NamedRef } from "#lib/services/people/schema.ts";
import type { Services } from "#lib/services/services.ts";

/** What a form needs to edit a classroom: its own values, and what it can name. */
export interface ClassroomForm {
  readonly name: string;
  readonly code: string | null;
  readonly classType: "homeroom" | "scheduled";
  readonly subjects: readonly string[];
  readonly grades: readonly string[];
  readonly periods: readonly string[];
  readonly courseId: string | null;
  readonly schoolId: string;
  readonly termIds: readonly string[];
  readonly schools: readonly NamedRef[];
  readonly courses: readonly NamedRef[];
  readonly terms: readonly NamedRef[];
}

/** @throws ServiceError `not-found` */
export function getClassroomForm(services: Pick<Services, "db">, scope: DistrictScope<"edit-people">, id: string): Promise<ClassroomForm> {
  return withDistrict(services.db, scope, async (tx) => {
    const [room] = isUuid(id)
      ? await tx.sql<Omit<ClassroomForm, "schools" | "courses" | "terms">[]>`
          select name, code, class_type as "classType", subjects, grades, periods, course_id as "courseId", school_id as "schoolId",
            term_ids as "termIds"
          from classrooms where district_id = ${tx.districtId} and id = ${id}`
      : [];
    if (!room) throw new ServiceError("not-found", "There is no such classroom.");
    const named = (table: "schools" | "courses" | "terms", order: "name" | "begin_date") => tx.sql<NamedRef[]>`
      select id, name from ${tx.sql(table)} where district_id = ${tx.districtId} and status = 'active' order by ${tx.sql(order)}, id`;
    const [schools, courses, terms] = [await named("schools", "name"), await named("courses", "name"), await named("terms", "begin_date")];
    return { ...room, schools: [...schools], courses: [...courses], terms: [...terms] };
  });
}
