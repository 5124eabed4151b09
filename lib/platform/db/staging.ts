import type postgres from "postgres";
import { type Collection, collections, type LinkEntity } from "#lib/roster/canonical.ts";

/**
 * The tables of one run, in the schema `staging`, named after the run: unlogged, without indexes but where a join needs
 * one, dropped when the run ends. A plan that waits for an admin is made crash-safe with keepPlan().
 */
export interface Staging {
  /** Every record as this run read it, by collection. Not there in a first sync, where all that is read is new. */
  readonly read: Readonly<Record<Collection, string>>;
  /** Rows that were read and are not used: left out, not rostered, or withdrawn by the SIS itself. Not there in a first sync. */
  readonly readAside: string;
  /** Of the records those that are planned: new, changed, or again because of others. */
  readonly incoming: Readonly<Record<Collection, string>>;
  /** Of the rows that are not used those that are new, changed or missing; planning adds what it cannot place. */
  readonly setAside: string;
  /** What each incoming record becomes in Aivo. */
  readonly plan: Readonly<Record<LinkEntity, string>>;
  /** Which account each incoming person is, or why that cannot be told. */
  readonly accountMatches: string;
  /** Links that this run ends. */
  readonly endedLinks: string;
  /** Links that a full read misses and that go on, since a row without an id may be their record. */
  readonly suspended: string;
  /** Incoming records that could not be placed because of others, and why. */
  readonly waiting: string;
  /** What is wrong with what was read, as this run found it. */
  readonly found: string;
  /** Of these what opens; beside it what closes, and of which open issues something else is to be said. */
  readonly issueNews: string;
  /** Records whose status changes without being in the input. */
  readonly statusChanges: string;
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
  },
  enrollments: { class_external_id: "text", person_external_id: "text", role: "text", begin_date: "date", end_date: "date" },
} as const satisfies Record<Collection, Record<string, string>>;

/** What a row that is not used says of itself, by column of the mirror (lib/roster/as-read.ts). */
export const asReadColumns = {
  name: "text",
  number: "text",
  code: "text",
  given_name: "text",
  family_name: "text",
  email: "text",
  student_number: "text",
  school_external_id: "text",
  school_external_ids: "text[]",
  class_external_id: "text",
  person_external_id: "text",
} as const;

const place = 'external_id text collate "C" not null, part text not null, position int not null';
/** `said`: whether the mirror has the record already, and whether the run brings it or only plans it again. */
const news = "hash bigint, said text not null default 'new'";
/** Marks what planning added to what was read, for clearPlan() to take away again. */
const added = "added boolean not null default false";
const columnList = (columns: Readonly<Record<string, string>>) =>
  Object.entries(columns)
    .map(([name, type]) => `, ${name} ${type}`)
    .join("");

export function stagingOf(runId: string): Staging {
  const suffix = runId.replaceAll("-", "");
  const name = (prefix: string) => `staging.${prefix}_${suffix}`;
  return {
    read: byCollection((collection) => name(`read_${tableNames[collection]}`)),
    readAside: name("read_aside"),
    incoming: byCollection((collection) => name(tableNames[collection])),
    setAside: name("set_aside"),
    plan: {
      school: name("plan_school"),
      term: name("plan_term"),
      course: name("plan_course"),
      classroom: name("plan_classroom"),
      account: name("plan_account"),
      membership: name("plan_membership"),
    },
    accountMatches: name("account_matches"),
    endedLinks: name("ended_links"),
    suspended: name("suspended"),
    waiting: name("waiting"),
    found: name("found"),
    issueNews: name("issue_news"),
    statusChanges: name("status_changes"),
  };
}

const tableNames: Readonly<Record<Collection, string>> = {
  orgs: "orgs",
  academicSessions: "sessions",
  courses: "courses",
  classes: "classes",
  users: "users",
  enrollments: "enrollments",
};

function byCollection(table: (collection: Collection) => string): Record<Collection, string> {
  return Object.fromEntries(collections.map((collection) => [collection, table(collection)])) as Record<Collection, string>;
}

/** Creates the run's tables, empty, for the application's role to fill. */
export async function createStaging(sql: postgres.Sql, runId: string): Promise<Staging> {
  const staging = stagingOf(runId);
  const statements = Object.entries(staging.read).map(([collection, table]) => create(table, columnsOfInput(collection as Collection)));
  statements.push(create(staging.readAside, columnsOfAside));
  for (const [entity, table] of Object.entries(staging.plan) as [LinkEntity, string][]) {
    const columns = { ...identityColumns[entity], ...rosterColumns[entity].columns };
    statements.push(
      create(table, `${place}, record_id uuid not null, matched_by text, link text not null, action text not null${columnList(columns)}`),
    );
  }
  statements.push(
    create(
      staging.accountMatches,
      'external_id text collate "C" not null, record_id uuid, matched_by text, conflict text, other_ids uuid[], left_id uuid',
    ),
  );
  statements.push(create(staging.endedLinks, 'entity text not null, external_id text collate "C" not null, record_id uuid not null'));
  statements.push(
    create(
      staging.suspended,
      'entity text not null, external_id text collate "C" not null, record_id uuid not null, part text not null, position int not null',
    ),
  );
  statements.push(
    create(staging.statusChanges, "entity text not null, record_id uuid not null, action text not null, reason text not null"),
  );
  statements.push(create(staging.waiting, 'collection text not null, external_id text collate "C" not null, reason text not null'));
  statements.push(create(staging.found, `seq bigint not null default nextval('issues_seq_seq'), ${issueColumns}`));
  statements.push(create(staging.issueNews, `news text not null, seq bigint not null, ${issueColumns}`));
  await dropStaging(sql, runId);
  await sql.unsafe(statements.join("\n")).simple();
  return staging;
}

function create(table: string, columns: string): string {
  return `create unlogged table ${table} (${columns}) with (autovacuum_enabled = false); grant all on ${table} to aivo_app;`;
}

function columnsOfInput(collection: Collection): string {
  return `${place}, ${news}${columnList(incomingColumns[collection])}`;
}

const issueColumns = `code text not null, severity text, collection text not null, key text collate "C", external_id text collate "C",
  part text, position int, field text, value text, kept text, record_ids uuid[], conflict jsonb, is_read boolean`;

const columnsOfAside = `collection text not null, external_id text collate "C", disposition text not null, reason text, hash bigint,
  said text not null default 'new', entity text not null, part text not null, position int not null, clues text[], ${added}${columnList(asReadColumns)}`;

/** Whatever was read is to be planned: what was read becomes what is planned, without being copied. */
export async function planAllThatWasRead(sql: postgres.Sql, staging: Staging): Promise<void> {
  const renamed = tablesOfInput(staging).map(([read, planned]) => `alter table ${read} rename to ${planned.slice("staging.".length)};`);
  await sql.unsafe(renamed.join("\n")).simple();
}

/** Only a part of what was read is to be planned: the tables for it, empty. */
export async function createPlanned(sql: postgres.Sql, staging: Staging): Promise<void> {
  const statements = collections.map((collection) => create(staging.incoming[collection], columnsOfInput(collection)));
  await sql.unsafe([...statements, create(staging.setAside, columnsOfAside)].join("\n")).simple();
}

/** Each table of what was read, and beside it the one of what is planned. */
function tablesOfInput(staging: Staging): [string, string][] {
  return [
    ...collections.map((collection): [string, string] => [staging.read[collection], staging.incoming[collection]]),
    [staging.readAside, staging.setAside],
  ];
}

/**
 * Removes whatever tables the run has; does nothing if there are none.
 * @throws after ten seconds, when somebody still uses one: a statement of a run that was given up. The sweep tries again (worker/sweep.ts)
 */
export async function dropStaging(sql: postgres.Sql, runId: string): Promise<void> {
  const dropped = allTables(stagingOf(runId)).map((table) => `drop table if exists ${table};`);
  // One message is one transaction, which the limit goes with.
  await sql.unsafe(["select set_config('lock_timeout', '10s', true);", ...dropped].join("\n")).simple();
}

/** Takes away what planning wrote, so that the plan can be made again from the same input. */
export async function clearPlan(sql: postgres.Sql, staging: Staging): Promise<void> {
  const again = Object.values(staging.incoming).map((table) => `delete from ${table} where said = 'again';`);
  await sql
    .unsafe(
      [
        `truncate ${planTables(staging).join(", ")};`,
        ...again,
        `delete from ${staging.setAside} where added;`,
        `delete from ${staging.found} where not is_read;`,
      ].join("\n"),
    )
    .simple();
}

/** Makes a plan survive a crash of the database, with the records that it is for, and frees the rest of what was read. */
export async function keepPlan(sql: postgres.Sql, staging: Staging): Promise<void> {
  const kept = [...planTables(staging), ...Object.values(staging.incoming), staging.setAside];
  const freed = [...Object.values(staging.read), staging.readAside, staging.found].map((table) => `drop table if exists ${table};`);
  await sql.unsafe([...kept.map((table) => `alter table ${table} set logged;`), ...freed].join("\n")).simple();
}

/** Whether a kept plan is still there. */
export async function hasPlan(sql: postgres.Sql, runId: string): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`select to_regclass(${stagingOf(runId).endedLinks}) is not null as found`;
  return row?.found ?? false;
}

function planTables(staging: Staging): string[] {
  const { plan, accountMatches, endedLinks, suspended, statusChanges, waiting, issueNews } = staging;
  return [...Object.values(plan), accountMatches, endedLinks, suspended, statusChanges, waiting, issueNews];
}

function allTables(staging: Staging): string[] {
  return [...tablesOfInput(staging).flat(), staging.found, ...planTables(staging)];
}
