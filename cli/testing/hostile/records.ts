/** Test-only: a district of a few sane records and many that have one hostile value each, in every protocol's own shape. */
import fc from "fast-check";
import { type Collection, type RosteredCollection, rosteredCollections } from "#lib/roster/canonical.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { hostileCell, hostileLiteral, sign } from "./values.ts";

export type Json = Readonly<Record<string, unknown>>;

/** How many of a hundred records are of each kind. */
const share: Readonly<Record<Collection, number>> = {
  orgs: 6,
  academicSessions: 6,
  courses: 10,
  classes: 20,
  users: 38,
  /** One for each person, beside the hundred. */
  roles: 38,
  enrollments: 20,
};
export const countOf = (collection: Collection, all: number) => Math.round((share[collection] * all) / 100);

const dates = { status: "active", dateLastModified: "2026-08-01T00:00:00.000Z" };
const ref = (sourcedId: string, type: string) => ({ href: `https://sis.example/${type}/${sourcedId}`, sourcedId, type });

/** A record that is as it should be, by OneRoster's JSON. `id` is part of everything that has to be its own. */
export const oneRoster: Readonly<Record<RosteredCollection, (id: string, at: number) => Json>> = {
  // Some are districts: by those an integration is known.
  orgs: (id, at) => ({
    sourcedId: id,
    ...dates,
    name: `School ${id}`,
    type: at % 4 === 1 ? "district" : "school",
    identifier: id,
    parent: ref("district", "org"),
    grades: ["09"],
  }),
  academicSessions: (id) => ({
    ...{ sourcedId: id, ...dates, title: `Term ${id}`, type: "term", startDate: "2026-08-15", endDate: "2027-06-10", schoolYear: "2027" },
  }),
  courses: (id) => ({
    sourcedId: id,
    ...dates,
    title: `Course ${id}`,
    courseCode: id,
    grades: ["09"],
    subjects: ["Maths"],
    org: ref("district", "org"),
  }),
  classes: (id) => ({
    ...{
      sourcedId: id,
      ...dates,
      title: `Class ${id}`,
      classCode: id,
      classType: "scheduled",
      location: "1",
      grades: ["09"],
      subjects: ["Maths"],
    },
    ...{
      periods: ["1"],
      course: ref("sane-course", "course"),
      school: ref("sane-school", "org"),
      terms: [ref("sane-term", "academicSession")],
    },
  }),
  users: (id, at) => ({
    ...{
      sourcedId: id,
      ...dates,
      username: id,
      enabledUser: "true",
      givenName: `${sign}given`,
      familyName: `${sign}family ${id}`,
      middleName: "",
    },
    ...{
      role: at % 3 === 0 ? "teacher" : "student",
      identifier: id,
      email: `${id}@lakeside.example`,
      sms: "",
      phone: "",
      password: "planted",
    },
    ...{ userIds: [{ type: "Fed", identifier: id }], orgs: [ref("sane-school", "org")], agents: [], grades: ["09"] },
  }),
  enrollments: (id, at) => ({
    ...{ sourcedId: id, ...dates, user: ref(`users-${at}`, "user"), class: ref(at % 2 === 0 ? "sane-class" : `classes-${at}`, "class") },
    ...{
      school: ref("sane-school", "org"),
      role: at % 3 === 0 ? "teacher" : "student",
      primary: "false",
      beginDate: "2026-08-15",
      endDate: "2027-06-10",
    },
  }),
};

const saneUser = (id: string, role: string) => ({ ...oneRoster.users(id, 0), role, givenName: "Sane", familyName: `Person ${id}` });
/** Whose name is one that a spreadsheet would compute, and nobody may change. */
const formulaPerson = { ...oneRoster.users("sane-formula", 1), givenName: "=1+1", familyName: "＝HYPERLINK(A1)" };
const saneEnrollment = (id: string, user: string, role: string) => ({
  ...oneRoster.enrollments(id, 0),
  ...{ user: ref(user, "user"), class: ref("sane-class", "class"), role },
});
/** What has to be rostered whatever stands beside it. */
export const sane: Readonly<Record<RosteredCollection, readonly Json[]>> = {
  orgs: [{ ...oneRoster.orgs("district", 0), type: "district" }, oneRoster.orgs("sane-school", 0)],
  academicSessions: [oneRoster.academicSessions("sane-term", 0)],
  courses: [oneRoster.courses("sane-course", 0)],
  classes: [oneRoster.classes("sane-class", 0)],
  users: [saneUser("sane-teacher", "teacher"), saneUser("sane-one", "student"), saneUser("sane-two", "student"), formulaPerson],
  enrollments: [
    saneEnrollment("sane-e1", "sane-teacher", "teacher"),
    saneEnrollment("sane-e2", "sane-one", "student"),
    saneEnrollment("sane-e3", "sane-two", "student"),
  ],
};

const roleOf = (user: Json) => ({ roleType: "primary", role: user.role, beginDate: "2020-08-15", endDate: "2099-06-10" });
/** The same by version 1.2: what somebody is and where is told apart, within the person over REST, and in files as rows of their own. */
const laterUser = ({ role, orgs: _, ...user }: Json, roles: Json): Json => ({
  ...user,
  userMasterIdentifier: `master-${user.sourcedId}`,
  preferredFirstName: "",
  preferredLastName: "",
  primaryOrg: ref("sane-school", "org"),
  pronouns: "",
  ...roles,
});
const withRoles = (user: Json) => laterUser(user, { roles: [{ ...roleOf(user), org: ref("sane-school", "org") }] });
const roleRow = (user: Json): Json => ({
  ...{ sourcedId: `role of ${user.sourcedId}`, ...dates, userSourcedId: user.sourcedId, ...roleOf(user) },
  ...{ orgSourcedId: "sane-school", userProfileSourcedId: "" },
});

type Makers = Readonly<Partial<Record<Collection, (id: string, at: number) => Json>>>;
type Sane = Readonly<Partial<Record<Collection, readonly Json[]>>>;
interface District {
  readonly makers: Makers;
  readonly sane: Sane;
}
const overRest: Readonly<Record<OneRosterVersion, District>> = {
  "1.1": { makers: oneRoster, sane },
  "1.2": {
    makers: { ...oneRoster, users: (id, at) => withRoles(oneRoster.users(id, at)) },
    sane: { ...sane, users: sane.users.map(withRoles) },
  },
};
const inFiles: Readonly<Record<OneRosterVersion, District>> = {
  "1.1": { makers: oneRoster, sane },
  "1.2": {
    makers: {
      ...oneRoster,
      users: (id, at) => laterUser(oneRoster.users(id, at), {}),
      roles: (id, at) => roleRow(oneRoster.users(id.replace("roles", "users"), at)),
    },
    sane: { ...sane, users: sane.users.map((user) => laterUser(user, {})), roles: sane.users.map(roleRow) },
  },
};

type Path = readonly (string | number)[];

/** Every place of a record that a value can stand in: fields, what is in them, and names that no record should have. */
export function placesOf(record: Json): readonly Path[] {
  const below = (value: unknown, path: Path): Path[] => {
    const parts = Array.isArray(value) ? [...value.entries()] : typeof value === "object" && value !== null ? Object.entries(value) : [];
    return parts.flatMap(([name, part]) => [[...path, name], ...below(part, [...path, name])]);
  };
  return [...below(record, []), ["__proto__"], ["constructor"], ["toString"], ["metadata"]];
}

const placeholder = "@hostile@";

/** The record as JSON, with the literal in its place. */
export function withLiteral(record: Json, path: Path, literal: string): string {
  const [first, ...rest] = path;
  const put = (value: unknown, way: Path): unknown => {
    const [name, ...further] = way;
    if (name === undefined) return placeholder;
    if (Array.isArray(value)) return value.map((part, at) => (at === name ? put(part, further) : part));
    return { ...(value as Json), [name]: put((value as Json)[name], further) };
  };
  const isOwn = first !== undefined && Object.hasOwn(record, first);
  const text =
    isOwn || rest.length > 0
      ? JSON.stringify(put(record, path))
      : `${JSON.stringify(record).slice(0, -1)},${JSON.stringify(first)}:"${placeholder}"}`;
  return text.replace(`"${placeholder}"`, () => literal);
}

/** So many records of a kind as JSON, each with one hostile value; every place has its turn. */
export function hostileRecords(make: (id: string, at: number) => Json, name: string, count: number, seed: number): readonly string[] {
  const literals = fc.sample(hostileLiteral, { seed, numRuns: Math.max(1, count) });
  return Array.from({ length: count }, (_, at) => {
    const record = make(`${name}-${at}`, at);
    const places = placesOf(record);
    return withLiteral(record, places[at % places.length] ?? [], literals[at] ?? "null");
  });
}

/** The sane among the others, where they are least by themselves. */
export function among<T>(many: readonly T[], few: readonly T[]): readonly T[] {
  const middle = Math.floor(many.length / 2);
  return [...many.slice(0, middle), ...few, ...many.slice(middle)];
}

/** A whole district as OneRoster's JSON, each record as text. */
export function oneRosterDistrict(
  all: number,
  seed: number,
  version: OneRosterVersion,
): Readonly<Record<RosteredCollection, readonly string[]>> {
  const { makers, sane } = overRest[version];
  const of = (collection: RosteredCollection, at: number) =>
    among(
      hostileRecords(makers[collection] ?? oneRoster[collection], collection, countOf(collection, all), seed + at),
      (sane[collection] ?? []).map((record) => JSON.stringify(record)),
    );
  return Object.fromEntries(rosteredCollections.map((collection, at) => [collection, of(collection, at)])) as Record<
    RosteredCollection,
    readonly string[]
  >;
}

/** A table of CSV: the columns, and rows of cells, each hostile row with one hostile cell. */
export function csvRows(collection: Collection, all: number, seed: number, version: OneRosterVersion): readonly (readonly string[])[] {
  const { makers, sane } = inFiles[version];
  const make = makers[collection];
  if (make === undefined) throw new Error(`OneRoster ${version} has no ${collection}`);
  const cellOf = (value: unknown): string =>
    Array.isArray(value)
      ? value.map(cellOf).join(",")
      : typeof value === "object" && value !== null
        ? String((value as Json).sourcedId ?? `{Fed:${(value as Json).identifier}}`)
        : String(value ?? "");
  const plain = Object.keys(make("x", 0));
  const columns = plain.map((name) => csvNames[collection]?.[name] ?? name);
  const row = (record: Json) => plain.map((name) => cellOf(record[name]));
  const count = countOf(collection, all);
  const cells = fc.sample(hostileCell, { seed, numRuns: Math.max(1, count) });
  const hostile = Array.from({ length: count }, (_, at) =>
    row(make(`${collection}-${at}`, at)).map((cell, index) => (index === at % plain.length ? (cells[at] ?? "") : cell)),
  );
  return [columns, ...among(hostile, (sane[collection] ?? []).map(row))];
}

const csvNames: Readonly<Partial<Record<Collection, Readonly<Record<string, string>>>>> = {
  orgs: { parent: "parentSourcedId" },
  courses: { org: "orgSourcedId" },
  classes: { course: "courseSourcedId", school: "schoolSourcedId", terms: "termSourcedIds" },
  users: {
    orgs: "orgSourcedIds",
    agents: "agentSourcedIds",
    preferredFirstName: "preferredGivenName",
    preferredLastName: "preferredFamilyName",
    primaryOrg: "primaryOrgSourcedId",
  },
  enrollments: { user: "userSourcedId", class: "classSourcedId", school: "schoolSourcedId" },
};
