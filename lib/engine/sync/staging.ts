import type postgres from "postgres";
import type { Collection, LinkEntity } from "#lib/roster/canonical.ts";

/**
 * The tables of one run, in the schema `staging`, named after the run: unlogged, without indexes but where a join needs
 * one, dropped when the run ends. A plan that waits for an admin is made crash-safe with keepPlan().
 */
export interface Staging {
  /** Records as the SIS has them, by collection. */
  readonly incoming: Readonly<Record<Collection, string>>;
  /** Ids that were read but not used: left out, not rostered, or withdrawn by the SIS itself. */
  readonly setAside: string;
  /** What each incoming record becomes in Aivo. */
  readonly plan: Readonly<Record<LinkEntity, string>>;
  /** Which account each incoming person is, or why that cannot be told. */
  readonly accountMatches: string;
  /** Links that this run ends. */
  readonly endedLinks: string;
  /** Links that a full read misses and that go on, since a row without an id may be their record. */
  readonly suspended: string;
  /** Incoming records that could not be placed because of others. */
  readonly unresolved: string;
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

const place = 'external_id text collate "C" not null, part text not null, position int not null';
/** Marks what planning added to the input, for clearPlan() to take away again. */
const added = "added boolean not null default false";
const columnList = (columns: Readonly<Record<string, string>>) =>
  Object.entries(columns)
    .map(([name, type]) => `, ${name} ${type}`)
    .join("");

export function stagingOf(runId: string): Staging {
  const suffix = runId.replaceAll("-", "");
  const name = (prefix: string) => `staging.${prefix}_${suffix}`;
  return {
    incoming: {
      orgs: name("orgs"),
      academicSessions: name("sessions"),
      courses: name("courses"),
      classes: name("classes"),
      users: name("users"),
      enrollments: name("enrollments"),
    },
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
    statusChanges: name("status_changes"),
    unresolved: name("unresolved"),
  };
}

/** Creates the run's tables, empty, for the application's role to fill. */
export async function createStaging(sql: postgres.Sql, runId: string): Promise<Staging> {
  const staging = stagingOf(runId);
  const create = (table: string, columns: string) =>
    `create unlogged table ${table} (${columns}) with (autovacuum_enabled = false); grant all on ${table} to aivo_app;`;
  const statements = Object.entries(staging.incoming).map(([collection, table]) =>
    create(table, `${place}, ${added}${columnList(incomingColumns[collection as Collection])}`),
  );
  statements.push(
    create(
      staging.setAside,
      `collection text not null, external_id text collate "C", disposition text not null, entity text not null, part text not null, position int not null, clues text[], ${added}`,
    ),
  );
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
  statements.push(create(staging.unresolved, "collection text not null, external_id text not null, row jsonb"));
  await dropStaging(sql, runId);
  await sql.unsafe(statements.join("\n")).simple();
  return staging;
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
  const input = [...Object.values(staging.incoming), staging.setAside].map((table) => `delete from ${table} where added;`);
  await sql.unsafe([`truncate ${planTables(staging).join(", ")};`, ...input].join("\n")).simple();
}

/** Makes a plan survive a crash of the database and frees the input it was made from. */
export async function keepPlan(sql: postgres.Sql, staging: Staging): Promise<void> {
  const kept = planTables(staging).map((table) => `alter table ${table} set logged;`);
  const freed = [...Object.values(staging.incoming), staging.setAside].map((table) => `drop table if exists ${table};`);
  await sql.unsafe([...kept, ...freed].join("\n")).simple();
}

/** Whether a kept plan is still there. */
export async function hasPlan(sql: postgres.Sql, runId: string): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`select to_regclass(${stagingOf(runId).endedLinks}) is not null as found`;
  return row?.found ?? false;
}

function planTables(staging: Staging): string[] {
  return [
    ...Object.values(staging.plan),
    staging.accountMatches,
    staging.endedLinks,
    staging.suspended,
    staging.statusChanges,
    staging.unresolved,
  ];
}

function allTables(staging: Staging): string[] {
  return [...Object.values(staging.incoming), staging.setAside, ...planTables(staging)];
}
