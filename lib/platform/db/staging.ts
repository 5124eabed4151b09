import { isUuid } from "#lib/platform/uuid.ts";
import { type Collection, collections, type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { enteredBy } from "./roles.ts";
import { asReadColumns, id, list, place } from "./staging-columns.ts";
import { type WorkTable, workTables } from "./staging-work.ts";

/** What a plan consists of, as relations to read from: the tables of a staging set, or a plan that waits for an admin (waiting-plans.ts). */
export interface PlanTables {
  /** Of the records that were read those that are planned: new, changed, or again because of others. */
  readonly incoming: Readonly<Record<Collection, string>>;
  /** Of the rows that are not used those that are new, changed or missing; planning adds what it cannot place. */
  readonly setAside: string;
  /** What each incoming record becomes in Aivo. */
  readonly plan: Readonly<Record<LinkEntity, string>>;
  /** Links that this run ends; `by_scope`: the SIS has the record, and an admin left it out. */
  readonly endedLinks: string;
  /** Links that a full read misses and that go on, since a row without an id may be their record. */
  readonly suspended: string;
  /** Incoming records that could not be placed because of others, and why. */
  readonly waiting: string;
  /** Of the issues that were found those that open; beside it what closes, and of which open issues something else is to be said. */
  readonly issueNews: string;
  /** Records whose status changes without being in the input. */
  readonly statusChanges: string;
  /** Of what the input would change that which waits for an admin: withdrawals, and values by column. */
  readonly withheld: string;
  /** Columns that an admin edited, of which the SIS says something else than before. */
  readonly keptNews: string;
}

/**
 * The tables of one staging set, in the schema `staging`, for the run that has leased it (staging-pool.ts): unlogged, without indexes, and
 * empty when the lease ends. Rows belong to a district like all others.
 */
export interface Staging extends PlanTables {
  /** The set's number. */
  readonly number: number;
  /** Whose set it is for now. */
  readonly runId: string;
  readonly districtId: string;
  /** Which part of the set, on Citus; 0 where it has none (citus/cut-sets.ts). */
  readonly part: number;
  /** Every record as this run read it, by collection. */
  readonly read: Readonly<Record<Collection, string>>;
  /** Rows that were read and are not used: left out, not rostered, or withdrawn by the SIS itself. */
  readonly readAside: string;
  /** Hashes of the mirror's rows that a full read did not meet. */
  readonly unmet: string;
  /** Which account each incoming person is, or why that cannot be told. */
  readonly accountMatches: string;
  /** What is wrong with what was read, as this run found it. */
  readonly found: string;
  /** What a step of planning needs for itself. */
  readonly work: Readonly<Record<WorkTable, string>>;
}

/** Columns of each roster table that a sync compares and writes. */
export const rosterColumns = {
  school: { table: "schools", columns: { name: "text", number: "text", grades: "text[]" } },
  term: { table: "terms", columns: { name: "text", type: "text", begin_date: "date", end_date: "date", school_year: "int" } },
  course: { table: "courses", columns: { name: "text", code: "text", subjects: "text[]", grades: "text[]" } },
  classroom: {
    table: "classrooms",
    columns: {
      name: "text",
      code: "text",
      class_type: "text",
      subjects: "text[]",
      grades: "text[]",
      periods: "text[]",
      course_id: "uuid",
      school_id: "uuid",
      term_ids: "uuid[]",
    },
  },
  account: {
    table: "accounts",
    columns: {
      given_name: "text",
      middle_name: "text",
      family_name: "text",
      email: "text",
      username: "text",
      grade: "text",
      student_number: "text",
      school_ids: "uuid[]",
    },
  },
  membership: { table: "memberships", columns: { role: "text", begin_date: "date", end_date: "date" } },
} as const satisfies Record<LinkEntity, { table: string; columns: Record<string, string> }>;

/** Columns that a record has from its creation on and that no sync changes. */
export const identityColumns: Readonly<Record<LinkEntity, Readonly<Record<string, string>>>> = {
  school: {},
  term: {},
  course: {},
  classroom: {},
  account: { role: "text" },
  membership: { classroom_id: "uuid", account_id: "uuid" },
};

/** Whether it is kept who deactivated a record, in deactivated_by: what an admin did stands. */
export const keepsWhoDeactivated = (entity: LinkEntity): boolean => entity === "account" || entity === "classroom";

/** Columns of each incoming table beyond external_id, part and position. */
export const incomingColumns = {
  orgs: { name: "text", number: "text", grades: "text[]" },
  academicSessions: { name: "text", type: "text", begin_date: "date", end_date: "date", school_year: "int" },
  courses: { name: "text", code: "text", subjects: "text[]", grades: "text[]" },
  classes: {
    name: "text",
    code: "text",
    class_type: "text",
    subjects: "text[]",
    grades: "text[]",
    periods: "text[]",
    course_external_id: "text",
    school_external_id: "text",
    term_external_ids: "text[]",
  },
  users: {
    role: "text",
    given_name: "text",
    middle_name: "text",
    family_name: "text",
    email: "text",
    username: "text",
    grade: "text",
    student_number: "text",
    school_external_ids: "text[]",
    unreadable: "text[]",
    number: "text",
    grades: "text[]",
    roles_apart: "boolean",
    master_id: "text",
    person_keys: "text[]",
    legacy_id: "text",
    primary_org_external_id: "text",
  },
  roles: {
    person_external_id: "text",
    role: "text",
    type: "text",
    school_external_id: "text",
    begin_date: "date",
    end_date: "date",
  },
  enrollments: { class_external_id: "text", person_external_id: "text", role: "text", begin_date: "date", end_date: "date" },
} as const satisfies Record<Collection, Record<string, string>>;

/**
 * `said`: whether the mirror has the record already, and whether the run brings it or only plans it again. `out_of_scope`: null, or what
 * becomes of the record in Aivo, which is `leave` or `withdraw`.
 */
const news = "hash bigint, said text not null default 'new'";
/** Marks what planning added to what was read, for clearPlan() to take away again. */
const added = "added boolean not null default false";
/** The columns of a work table, in order. */
export function columnsOfWork(table: WorkTable): readonly string[] {
  return columnNames(workTables[table]);
}

const issueColumns = `code text not null, severity text, collection text not null, key text collate "C", external_id text collate "C",
  part text, position int, field text, value text, kept text, record_ids uuid[], conflict jsonb, is_read boolean`;
const asideColumns = `collection text not null, external_id text collate "C", disposition text not null, reason text, hash bigint,
  said text not null default 'new', entity text not null, part text not null, position int not null, clues text[], ${added}${list(asReadColumns)}`;
const linkColumns = `entity text not null, ${id}, record_id uuid not null`;

/**
 * What planning settles of an incoming record before it is placed: whether it is out of scope; of people whose roles are told apart and of
 * roles what else becomes of them than a place in the roster, and why (fold-roles.ts); whether a person keeps the schools that Aivo has, and
 * with whom of the same people one goes who has several ids (several-ids.ts).
 */
function settledColumns(collection: Collection): Readonly<Record<string, string>> {
  const standing = { standing: "text", standing_reason: "text" };
  return {
    out_of_scope: "text",
    ...(collection === "roles" ? standing : {}),
    ...(collection === "users" ? { ...standing, keeps_schools: "boolean", goes_with: 'text collate "C"' } : {}),
  };
}

const tableNames: Readonly<Record<Collection, string>> = {
  orgs: "orgs",
  academicSessions: "sessions",
  courses: "courses",
  classes: "classes",
  users: "users",
  roles: "roles",
  enrollments: "enrollments",
};
const workName = (table: WorkTable) => `work_${table.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;

function byName<K>(entry: (key: K) => [string, string], keys: readonly K[]): Record<string, string> {
  return Object.fromEntries(keys.map(entry));
}

/** Of each table of a plan its columns, by the name that it goes by in a set and, where a plan waits, in the schema `waiting`. */
export const planColumns: Readonly<Record<string, string>> = {
  ...byName(
    (collection) => [tableNames[collection], `${place}, ${news}${list({ ...incomingColumns[collection], ...settledColumns(collection) })}`],
    collections,
  ),
  set_aside: asideColumns,
  ...byName(
    (entity) => [
      `plan_${entity}`,
      `${place}, record_id uuid not null, matched_by text, link text not null, action text not null${list({ ...identityColumns[entity], ...rosterColumns[entity].columns })}`,
    ],
    linkEntities,
  ),
  ended_links: `${linkColumns}, by_scope boolean not null default false`,
  suspended: `${linkColumns}, part text not null, position int not null`,
  status_changes: "entity text not null, record_id uuid not null, action text not null, reason text not null",
  kept_news: "entity text not null, record_id uuid not null, field text not null, before jsonb, after jsonb",
  waiting: `collection text not null, ${id}, reason text not null`,
  withheld: `${linkColumns}, field text not null, cause text not null, follows uuid`,
  issue_news: `news text not null, seq bigint not null, ${issueColumns}`,
};

/** The columns of every table of a set. */
const setColumns: Readonly<Record<string, string>> = {
  ...planColumns,
  ...byName((collection) => [`read_${tableNames[collection]}`, planColumns[tableNames[collection]] ?? ""], collections),
  read_aside: asideColumns,
  unmet: "collection text not null, hash bigint not null",
  account_matches: `${id}, record_id uuid, matched_by text, conflict text, other_ids uuid[], left_id uuid`,
  found: `seq bigint not null default nextval('issues_seq_seq'), ${issueColumns}`,
  ...byName((table) => [workName(table), workTables[table]], Object.keys(workTables) as WorkTable[]),
};

/** The tables of a plan, each by a name that `relation` gives it. */
export function planTablesOf(relation: (name: string) => string): PlanTables {
  return {
    incoming: byKey(collections, (collection) => relation(tableNames[collection])),
    setAside: relation("set_aside"),
    plan: byKey(linkEntities, (entity) => relation(`plan_${entity}`)),
    endedLinks: relation("ended_links"),
    suspended: relation("suspended"),
    statusChanges: relation("status_changes"),
    keptNews: relation("kept_news"),
    waiting: relation("waiting"),
    issueNews: relation("issue_news"),
    withheld: relation("withheld"),
  };
}

/**
 * The relations of a set, to be read by an alias each; what is written into is named by tableOf(). On one PostgreSQL they are the tables
 * themselves: the set has rows of one district, and a condition that all of them meet would only cost time. Citus has to be told of which
 * district they are in each place.
 */
export function stagingOf(
  { number, part }: Pick<Staging, "number" | "part">,
  run: { readonly districtId: string; readonly runId: string },
): Staging {
  if (!isUuid(run.districtId)) throw new RangeError("That is no id of a district");
  const ofDistrict = (table: string) => `(select * from ${table} where district_id = '${run.districtId}')`;
  const name = (table: string) => (part === 0 ? nameInSet(number, table) : ofDistrict(nameInSet(number, table)));
  return {
    ...planTablesOf(name),
    ...run,
    number,
    part,
    read: byKey(collections, (collection) => name(`read_${tableNames[collection]}`)),
    readAside: name("read_aside"),
    unmet: name("unmet"),
    accountMatches: name("account_matches"),
    found: name("found"),
    work: byKey(Object.keys(workTables) as WorkTable[], (table) => name(workName(table))),
  };
}

const nameInSet = (number: number, table: string) => `staging.set${number}_${table}`;

/** The table behind a relation of a set, to insert into, to update or to delete from. */
export function tableOf(relation: string): string {
  const [table] = /staging\.set\d+_\w+/.exec(relation) ?? [];
  if (table === undefined) throw new RangeError("That is no relation of a staging set");
  return table;
}

/** What updates and deletes of a set's table, by an alias, have to ask for beside what they are about. */
export function isOwn({ part, districtId }: Pick<Staging, "part" | "districtId">, alias: string): string {
  return part === 0 ? "true" : `${alias}.district_id = '${districtId}'`;
}

/** The statement that takes all rows out of a set's table. */
export function clearing(staging: Staging, relation: string, which = "true"): string {
  return `delete from ${tableOf(relation)} t where ${isOwn(staging, "t")} and ${which}`;
}

/** The set of a run that plans all that it read: what was read is what is planned, without being copied. */
export function planningAllThatWasRead(staging: Staging): Staging {
  return { ...staging, incoming: staging.read, setAside: staging.readAside };
}

export interface TableOfSet {
  readonly name: string;
  /** Its columns as in `create table`, without the district. */
  readonly columns: string;
  /** The statements that make it, empty. */
  readonly create: string;
  /** And those that let in whoever has entered the district, where there are such roles. */
  readonly enter: string;
}

/** The tables of a set, each with the district last, which the setting of the transaction gives. */
export function tablesOfSet(number: number): readonly TableOfSet[] {
  return Object.entries(setColumns).map(([table, columns]) =>
    tableOfDistrict(nameInSet(number, table), columns, "autovacuum_enabled = false"),
  );
}

/** An unlogged table of rows of districts, for the application to work in. */
export function tableOfDistrict(name: string, columns: string, storage: string): TableOfSet {
  const district = "district_id uuid not null default (current_setting('aivo.district_id'))::uuid";
  return {
    name,
    columns,
    create: `create unlogged table ${name} (${columns}, ${district}) with (${storage});
        grant all on ${name} to aivo_app;
        alter table ${name} enable row level security;
        create policy district on ${name} to aivo_app
          using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
          with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid));`,
    enter: enteredBy(name),
  };
}

/** The names of columns that are written as in `create table`. */
export function columnNames(columns: string): readonly string[] {
  return columns.split(",").map((column) => column.trim().split(" ")[0] ?? "");
}

function byKey<K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, V>;
}
