import { uniqueIds } from "#sandbox/district/csv-rows12.ts";
import { enrollmentRoles } from "#sandbox/district/district.ts";
import type { Habits } from "#sandbox/district/habits.ts";
import { personRecord } from "#sandbox/district/records.ts";
import {
  campusNumber,
  enrollmentWordOf,
  masterIdentifier,
  orgTypeOf,
  preferredGiven,
  type Role,
  recordFor,
  rolesOf,
} from "#sandbox/district/roles.ts";
import { none } from "#sandbox/district/table.ts";
import { type Json, type RecordKind, type Rendering, reference, truth } from "./dialect.ts";
import { recordAt } from "./ids.ts";

interface Rendering12 extends Rendering {
  readonly habits: Habits;
}

/** What 1.2 says otherwise than 1.1, whose fields are given. */
export const fields12: Readonly<Partial<Record<RecordKind, (rendering: Rendering12, row: number, plain: Json) => Json>>> = {
  orgs: ({ district, habits }, row, plain) => ({ ...plain, type: orgTypeOf(district, habits, row) }),
  people: (rendering, row) => person(rendering, row),
  enrollments: (rendering, row, plain) => {
    const { district, habits } = rendering;
    const { enrollments, classes } = district;
    const school = classes.get("school", enrollments.get("class", row));
    const record = recordFor(district, habits, enrollments.get("person", row), school);
    const role = enrollments.get("role", row);
    const user = reference(rendering, "people", recordAt(record.row, record.part));
    return { ...plain, user, role: enrollmentWordOf(habits, role), primary: truth(rendering, role === enrollmentRoles.teacher) };
  },
};

function person(rendering: Rendering12, row: number): Json {
  const { district, habits } = rendering;
  const record = personRecord(district, row);
  const preferred = preferredGiven(district, row);
  const [first = 0] = record.orgs;
  const agents = record.relative === none ? [] : [agent(rendering, record.relative, first)];
  const grades = record.grade === "" ? (habits.nullGrades ? [null] : []) : [record.grade];
  return {
    ...(!habits.hasNoMasterIdentifier && { userMasterIdentifier: masterIdentifier(district, row) }),
    username: habits.blankUsernames ? "" : record.username,
    userIds: uniqueIds(district, row),
    enabledUser: truth(rendering, true),
    givenName: record.given,
    familyName: record.family,
    middleName: record.middle,
    ...(preferred !== "" && { [habits.csvNamesInRest ? "preferredGivenName" : "preferredFirstName"]: preferred }),
    ...told(rendering, row),
    ...(habits.password !== undefined && credentials(record.username, habits.password)),
    ...(!habits.hasNoPrimaryOrg && { primaryOrg: reference(rendering, "orgs", first) }),
    identifier: record.studentNumber,
    email: record.email,
    [habits.agentSourceIds ? "agentSourceIds" : "agents"]: agents,
    grades,
    ...(habits.userIds === "letters" && { metadata: legacyId(habits, campusNumber(district, habits, row)) }),
  };
}

function agent(rendering: Rendering12, relative: number, school: number): Json {
  const record = recordFor(rendering.district, rendering.habits, relative, school);
  return reference(rendering, "people", recordAt(record.row, record.part));
}

function told(rendering: Rendering12, row: number): Json {
  const roles = rolesOf(rendering.district, rendering.habits, row);
  if (roles === "missing") return {};
  return { roles: roles === null ? null : roles.map((role) => roleJson(rendering, role)) };
}

function roleJson(rendering: Rendering12, role: Role): Json {
  return {
    roleType: role.isPrimary ? "primary" : "secondary",
    role: role.word,
    org: reference(rendering, "orgs", role.org),
    ...(role.begins !== undefined && { beginDate: role.begins }),
    ...(role.ends !== undefined && { endDate: role.ends }),
  };
}

function credentials(username: string, password: string): Json {
  const profile = {
    profileId: `https://shelves.example/people/${username}`,
    profileType: "library",
    vendorId: "shelves.example",
    credentials: [{ type: "password", username, password }],
  };
  return { password, userProfiles: [profile] };
}

function legacyId({ legacyId: form = "nested" }: Habits, legacysourceId: string): Json {
  return form === "nested" ? { ic: { legacysourceId } } : { "ic.legacysourceId": legacysourceId };
}
