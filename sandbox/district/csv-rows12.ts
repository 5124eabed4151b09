import { columns } from "./columns.ts";
import { columns12, type SetFile12 } from "./columns12.ts";
import { csvIds, csvPersonIds, csvRecordId } from "./csv-ids.ts";
import { type Cells, type ChangedOn, csvRows, stateCells } from "./csv-rows.ts";
import { type District, enrollmentRoles, personKinds } from "./district.ts";
import type { Habits } from "./habits.ts";
import { personRecord } from "./records.ts";
import {
  campusNumber,
  enrollmentWordOf,
  lifeOfPerson,
  masterIdentifier,
  orgTypeOf,
  preferredGiven,
  type Role,
  recordsOfPerson,
  rolesOf,
} from "./roles.ts";
import { none } from "./table.ts";

/** What a 1.2 set is written of; `before` is the district of the day before, for a delta set. */
export interface Writing {
  readonly district: District;
  readonly habits: Habits;
  readonly changedOn: ChangedOn;
  readonly before: District | null;
}

/** Every row of a file of a 1.2 set: what is in force, or of a delta set what its day changed. */
export function csvRows12(file: SetFile12, writing: Writing): Iterable<string[]> {
  const names = columns12(file, writing.habits);
  if (file === "users") return rowsOf(names, users(writing));
  if (file === "roles") return rowsOf(names, roles(writing));
  if (file === "userProfiles") return rowsOf(names, profiles(writing));
  const { district, habits, changedOn } = writing;
  const plain = csvRows(file, district, changedOn, csvPersonIds(district, "1.2", habits));
  return habits.ownWords && (file === "orgs" || file === "enrollments") ? inOwnWords(file, writing, plain) : plain;
}

function* rowsOf(names: readonly string[], records: Iterable<Cells>): Generator<string[]> {
  for (const record of records) yield names.map((name) => record[name] ?? "");
}

function* inOwnWords(file: "orgs" | "enrollments", { district, habits }: Writing, rows: Iterable<string[]>): Generator<string[]> {
  const names: readonly string[] = columns[file];
  const academy = csvIds.orgs(district, district.orgs.size - 1);
  for (const cells of rows) {
    if (file === "orgs" && cells[0] === academy)
      yield cells.with(names.indexOf("type"), orgTypeOf(district, habits, district.orgs.size - 1));
    else if (file === "enrollments" && cells[names.indexOf("primary")] === "false")
      yield cells.with(names.indexOf("role"), enrollmentWordOf(habits, enrollmentRoles.coTeacher));
    else yield cells;
  }
}

function* users({ district, habits, changedOn }: Writing): Generator<Cells> {
  for (const { row, part, isActive, modified } of records(district, habits)) {
    if (changedOn ? modified === changedOn.day : isActive)
      yield { ...userCells(district, habits, row, part), ...stateCells(changedOn, isActive) };
  }
}

interface Record12 {
  readonly row: number;
  readonly part: number;
  readonly isActive: boolean;
  readonly modified: number;
}

function* records(district: District, habits: Habits): Generator<Record12> {
  for (let row = 0; row < district.people.size; row++) {
    const count = recordsOfPerson(district, habits, row);
    if (count === 0) continue;
    const life = lifeOfPerson(district, habits, row);
    for (let part = 0; part < count; part++) yield { row, part, ...life };
  }
}

function userCells(district: District, habits: Habits, row: number, part: number): Cells {
  const person = personRecord(district, row);
  const isLearner = person.kind === personKinds.learner;
  const personId = csvPersonIds(district, "1.2", habits);
  const number = person.studentNumber;
  return {
    sourcedId: csvRecordId(district, habits, row, part),
    enabledUser: "true",
    username: habits.blankUsernames ? "" : person.username,
    userIds: uniqueIds(district, row)
      .map(({ type, identifier }) => `{${type}:${identifier}}`)
      .join(","),
    givenName: person.given,
    familyName: person.family,
    middleName: person.middle,
    identifier: number,
    email: person.email,
    agentSourcedIds: isLearner && person.relative !== none ? personId(person.relative, person.orgs[0]) : "",
    grades: person.grade,
    password: habits.password ?? "",
    userMasterIdentifier: habits.hasNoMasterIdentifier ? "" : masterIdentifier(district, row),
    preferredGivenName: preferredGiven(district, row),
    primaryOrgSourcedId: habits.hasNoPrimaryOrg ? "" : csvIds.orgs(district, person.orgs[0] ?? 0),
    "metadata.ic.legacysourceId": campusNumber(district, habits, row),
  };
}

/** The numbers that the state knows a learner or a teacher by. */
export function uniqueIds(district: District, row: number): readonly { readonly type: string; readonly identifier: string }[] {
  const { kind, studentNumber } = personRecord(district, row);
  if (kind === personKinds.learner) return [{ type: "studentUniqueId", identifier: studentNumber }];
  return kind === personKinds.teacher ? [{ type: "staffUniqueId", identifier: String(600_000 + row) }] : [];
}

/** A row for each role of each record; of a delta set those that came, changed or went since the day before. */
function* roles({ district, habits, changedOn, before }: Writing): Generator<Cells> {
  const old = new Map(before ? [...rolesOfAll(before, habits)].map((cells) => [cells.sourcedId, cells]) : []);
  for (const cells of rolesOfAll(district, habits)) {
    const known = old.get(cells.sourcedId);
    old.delete(cells.sourcedId);
    if (known === undefined || JSON.stringify(known) !== JSON.stringify(cells)) yield { ...cells, ...stateCells(changedOn, true) };
  }
  for (const cells of old.values()) yield { ...cells, ...stateCells(changedOn, false) };
}

function* rolesOfAll(district: District, habits: Habits): Generator<Cells> {
  for (const { row, part, isActive } of records(district, habits)) {
    const roles = isActive ? rolesOf(district, habits, row) : null;
    if (roles === null || roles === "missing") continue;
    const userSourcedId = csvRecordId(district, habits, row, part);
    for (const role of roles) yield roleCells(district, userSourcedId, role);
  }
}

function roleCells(district: District, userSourcedId: string, role: Role): Cells {
  const orgSourcedId = csvIds.orgs(district, role.org);
  const year = role.begins === undefined ? "" : `.${role.begins.slice(0, 4)}`;
  return {
    sourcedId: `${userSourcedId}.${orgSourcedId}.${(role.word ?? "none").replace(":", "-")}${year}`,
    userSourcedId,
    roleType: role.isPrimary ? "primary" : "secondary",
    role: role.word ?? "",
    beginDate: role.begins ?? "",
    endDate: role.ends ?? "",
    orgSourcedId,
  };
}

/** How people sign in elsewhere, in clear text, which is nobody's business. */
function* profiles({ district, habits, changedOn }: Writing): Generator<Cells> {
  for (const { row, part, isActive, modified } of records(district, habits)) {
    if (changedOn ? modified !== changedOn.day : !isActive) continue;
    const userSourcedId = csvRecordId(district, habits, row, part);
    const { username } = personRecord(district, row);
    yield {
      ...stateCells(changedOn, isActive),
      sourcedId: `${userSourcedId}.profile`,
      userSourcedId,
      ...{ profileType: "library", vendorId: "shelves.example", credentialType: "password", username, password: habits.password ?? "" },
    };
  }
}
