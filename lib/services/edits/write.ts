import type { DistrictScope } from "#lib/platform/access.ts";
import { keepValues, type RecordColumns, releaseValues } from "#lib/platform/db/keep-values.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import type { accounts, classrooms } from "#lib/platform/db/schema/roster.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { type ReadEdit, readClassroomEdit, readPersonEdit } from "#lib/roster/edit-values.ts";
import type { Services } from "#lib/services/services.ts";
import { noteAndAudit } from "./history.ts";
import { ClassroomEdit, type EditedEntity, editColumns, PersonEdit } from "./schema.ts";

const notSaved = "Nothing was saved. Look at the fields below.";

/**
 * Gives a teacher or learner other values. What a SIS supplies is kept against it, column by column, until it is released; to
 * give a field what the SIS says is to release it. Returns the names of the columns that changed.
 * @throws ServiceError `not-found`; `invalid` with messages by field: by the rules for what a SIS sends, and where another
 *   account has the address or the number
 */
export function editPerson(
  services: Pick<Services, "db" | "now">,
  scope: DistrictScope<"edit-people">,
  id: string,
  input: unknown,
): Promise<string[]> {
  const { schoolIds, ...patch } = parseOrRefuse(PersonEdit, input, notSaved);
  return edit(services, scope, "account", id, async (tx) => {
    const [person] = await tx.sql<
      (Pick<typeof accounts.$inferSelect, "givenName" | "middleName" | "familyName" | "email" | "username" | "grade" | "studentNumber"> & {
        role: "admin" | "teacher" | "learner";
      })[]
    >`
      select role, given_name as "givenName", middle_name as "middleName", family_name as "familyName", email, username, grade,
        student_number as "studentNumber"
      from accounts where district_id = ${tx.districtId} and id = ${id}`;
    if (!person || person.role === "admin") throw new ServiceError("not-found", "There is no such teacher or learner.");
    const { role, ...now } = person;
    const values = readOrRefuse(readPersonEdit(role, now, patch));
    const columns: Record<string, unknown> = columnsOf("account", values);
    if (schoolIds !== undefined) columns.school_ids = await existing(tx, "schools", "schoolIds", schoolIds);
    await assertNobodyElses(tx, id, columns);
    return columns;
  });
}

/**
 * The same for a classroom.
 * @throws ServiceError `not-found`, `invalid` with messages by field
 */
export function editClassroom(
  services: Pick<Services, "db" | "now">,
  scope: DistrictScope<"edit-people">,
  id: string,
  input: unknown,
): Promise<string[]> {
  const { courseId, schoolId, termIds, ...patch } = parseOrRefuse(ClassroomEdit, input, notSaved);
  return edit(services, scope, "classroom", id, async (tx) => {
    const [room] = await tx.sql<Pick<typeof classrooms.$inferSelect, "name" | "code" | "classType" | "subjects" | "grades" | "periods">[]>`
      select name, code, class_type as "classType", subjects, grades, periods from classrooms
      where district_id = ${tx.districtId} and id = ${id}`;
    if (!room) throw new ServiceError("not-found", "There is no such classroom.");
    const columns: Record<string, unknown> = columnsOf("classroom", readOrRefuse(readClassroomEdit(room, patch)));
    if (schoolId !== undefined) columns.school_id = (await existing(tx, "schools", "schoolId", [schoolId]))[0];
    if (courseId !== undefined)
      columns.course_id = courseId === "" ? null : ((await existing(tx, "courses", "courseId", [courseId]))[0] ?? null);
    if (termIds !== undefined) columns.term_ids = await existing(tx, "terms", "termIds", termIds);
    return columns;
  });
}

/**
 * Gives edited fields back to the SIS; without `fields` all of the record's. It has at once what its SIS says of them, which Aivo
 * remembers, and the next sync changes nothing more. Returns the names of the columns that were released.
 * @throws ServiceError `not-found` where the record has no such edit
 */
export async function releaseEdits(
  services: Pick<Services, "db" | "now">,
  scope: DistrictScope<"edit-people">,
  entity: EditedEntity,
  id: string,
  fields: readonly string[] | null = null,
): Promise<readonly string[]> {
  if (!isUuid(id)) throw noEdit();
  return withDistrict(services.db, scope, async (tx) => {
    await raiseRosterRevision(tx);
    const { released, before, after } = await releaseValues(tx, entity, id, fields);
    if (released.length === 0) throw noEdit();
    const all = Object.fromEntries(released.map((column) => [column, after[column] ?? null]));
    const changed = Object.keys(after).length > 0 ? { before, after } : { before: {}, after: all };
    await noteAndAudit(tx, scope, { entity, recordId: id, action: "released", ...changed }, "edit-released", services.now());
    return released;
  });
}

const noEdit = () => new ServiceError("not-found", "There is no such edit; it may have been released already.");

async function edit(
  services: Pick<Services, "db" | "now">,
  scope: DistrictScope<"edit-people">,
  entity: EditedEntity,
  id: string,
  read: (tx: Tx) => Promise<RecordColumns>,
): Promise<string[]> {
  if (!isUuid(id)) throw new ServiceError("not-found", "There is no such record.");
  return withDistrict(services.db, scope, async (tx) => {
    // Before anything is read, as a sync does that changes it: two who give one address to two people follow each other.
    await raiseRosterRevision(tx);
    const columns = await read(tx);
    const by = { accountId: scope.actor.kind === "account" ? scope.actor.accountId : null, at: services.now() };
    const { before, after } = await keepValues(tx, entity, id, columns, by);
    const changed = Object.keys(after);
    if (changed.length > 0)
      await noteAndAudit(tx, scope, { entity, recordId: id, action: "edited", before, after }, "record-edited", services.now());
    return changed;
  });
}

function readOrRefuse<T>(read: ReadEdit<T>): Partial<T> {
  if (!read.ok) throw new ServiceError("invalid", notSaved, read.fields);
  return read.values;
}

function columnsOf(entity: EditedEntity, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const columns: Readonly<Record<string, string>> = editColumns[entity];
  return Object.fromEntries(Object.entries(values).flatMap(([field, value]) => (columns[field] ? [[columns[field], value]] : [])));
}

const nouns = { schools: "school", courses: "course", terms: "term" } as const;

/** Those ids, each once, of records that are there and in use. */
async function existing(tx: Tx, table: keyof typeof nouns, field: string, ids: readonly string[]): Promise<string[]> {
  const wanted = [...new Set(ids)];
  const found = wanted.every(isUuid)
    ? await tx.sql<{ id: string }[]>`
        select id from ${tx.sql(table)} where district_id = ${tx.districtId} and status = 'active' and id = any(${wanted}::uuid[])`
    : [];
  if (found.length < wanted.length)
    throw new ServiceError("invalid", notSaved, { [field]: `There is no such ${nouns[table]}, or it is not in use any more` });
  return wanted;
}

/** Fields that say who somebody is: an edit gives nobody what another account has, or gets back when an edit is released. */
const claims = { email: "email", student_number: "studentNumber" } as const;

async function assertNobodyElses(tx: Tx, id: string, columns: RecordColumns): Promise<void> {
  for (const [column, field] of Object.entries(claims)) {
    const value = columns[column];
    if (typeof value !== "string") continue;
    const [other] = await tx.sql`
      select from accounts
      where district_id = ${tx.districtId} and ${tx.sql(column)} = ${value} and id <> ${id} and status = 'active'
      union all
      select from kept_values k join accounts a on a.district_id = k.district_id and a.id = k.record_id and a.status = 'active'
      where k.district_id = ${tx.districtId} and k.field in ('email', 'student_number') and k.field = ${column}
        and k.record_id <> ${id} and k.sis_value = to_jsonb(${value}::text)
      limit 1`;
    if (other)
      throw new ServiceError("invalid", notSaved, {
        [field]: column === "email" ? "Another active account has this address" : "Another active account has this number",
      });
  }
}
