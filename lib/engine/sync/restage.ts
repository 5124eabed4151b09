import { clearing, incomingColumns, tableOf } from "#lib/platform/db/staging.ts";
import { type Collection, collectionOfLinkEntity, collections, type LinkEntity } from "#lib/roster/canonical.ts";
import { optionalColumns } from "./carried.ts";
import { execute, growsBy, linksOf, mirrorOf, type PlanContext, rosterOf } from "./plan-context.ts";
import { referencesTo } from "./references.ts";
import { addTo, fill } from "./work.ts";

/**
 * What depends on news is planned again, from the mirror: who waits, who shares an address or a number, whose class or
 * school it is. Each function adds to the incoming records of one collection, before they are planned, those that the
 * read itself did not bring.
 */

/**
 * Adds the mirror's records `m` of which `which` holds; of those that were left out or are missing there is nothing to
 * plan. Of those that are out of scope there is not either, once it is settled who they are (apply-scope.ts).
 */
export async function restage(
  context: PlanContext,
  collection: Collection,
  which: string,
  among: "whatever the scope" | "in scope" = "in scope",
): Promise<number> {
  const incoming = context.all[collection];
  const columns = Object.keys(incomingColumns[collection]);
  const count = await execute(
    context,
    `insert into ${tableOf(incoming)} (external_id, part, position, hash, said, ${columns.join(", ")})
    select m.external_id, coalesce(m.source_part, ''), coalesce(m.source_position, 0), m.hash, 'again',
      ${columns.map((column) => `m.${column}`).join(", ")}
    from source_records m
    where m.district_id = ${context.district}
      and m.integration_id = ${context.integration}
      and m.collection = '${collection}'
      and (m.fate in ('rostered', 'waiting', 'withheld'${among === "in scope" ? "" : ", 'out-of-scope'"})
        ${mayComeToCount(context, collection, among)})
      and m.hash is not null
      and m.missing_since is null
      and (${which})
      and not exists (select from ${incoming} i where i.external_id = m.external_id)
      and not exists (
        select from ${context.staging.setAside} s
        where s.collection = '${collection}' and s.external_id = m.external_id)`,
  );
  await growsBy(context, count);
  return count;
}

/** What is not rostered may be once other roles, other words or another day say so (fold-people.ts). */
function mayComeToCount(context: PlanContext, collection: Collection, among: "whatever the scope" | "in scope"): string {
  if (context.apart === null || among === "in scope") return "";
  if (collection === "roles") return " or m.fate = 'not-rostered'";
  return collection === "users" ? " or m.fate = 'not-rostered' and m.roles_apart" : "";
}

type LookedUp = "own" | "values" | "sharers" | "placed" | "placedThere" | "before" | "now";

/**
 * A condition that something is among what `query` yields. Of few they are looked up first, into the work table
 * `lookups` by a name, and are compared as an array, so that a statement looks through one large table at most once: a
 * join of three takes hours where the planner errs. They stand in no statement, for statements may be logged.
 */
async function among(context: PlanContext, type: "uuid" | "text", name: LookedUp, query: string): Promise<string> {
  if (!context.size.isFew) return `in (${query})`;
  const { lookups } = context.staging.work;
  await execute(context, clearing(context.staging, lookups, `name = '${name}'`));
  await growsBy(context, await addTo(context, "lookups", `select '${name}', q.value::text from (${query}) q (value)`));
  return `= any (array(select value::${type} from ${lookups} l where name = '${name}'))`;
}

/** Few in any district, and compared with each other: one that changes brings the others. */
const planTogether: readonly Collection[] = ["orgs", "academicSessions", "courses"];

/** Before anything is planned: everything, where all is in doubt; else what waits, and what others have changed. */
export async function restageUnsettled(context: PlanContext): Promise<void> {
  if (context.isFirst) return;
  for (const collection of collections) {
    if (context.plansEverything || isCarriedAnew(context, collection) || (await isAnyOfFew(context, collection))) {
      await restage(context, collection, "true", "whatever the scope");
      continue;
    }
    // Enrollments wait for a class or a person, who bring them.
    const isUnsettled = collection === "enrollments" ? "m.stale" : "m.stale or m.fate in ('waiting', 'withheld')";
    await restage(context, collection, isUnsettled, "whatever the scope");
  }
}

/**
 * A column that the SIS begins or ceases to send makes blanks of what was kept, or the other way round, in every
 * record.
 */
export function isCarriedAnew(context: PlanContext, collection: Collection): boolean {
  if (context.modes[collection] === "absent" || (context.modes[collection] === "delta" && context.canReadFully)) return false;
  const all = Object.keys(optionalColumns[collection]);
  const before = context.carriedBefore[collection] ?? all;
  const now = context.carried[collection] ?? [];
  return all.some((column) => before.includes(column) !== now.includes(column));
}

async function isAnyOfFew(context: PlanContext, collection: Collection): Promise<boolean> {
  if (!planTogether.includes(collection)) return false;
  const { setAside } = context.staging;
  const [row] = await context.sql.unsafe(`
    select exists (select from ${context.all[collection]} i)
      or exists (select from ${setAside} s where collection = '${collection}' and said <> 'same') as found`);
  return row?.found === true;
}

/**
 * The SIS's ids of an entity that lead elsewhere than before, or to nothing, or that may: whatever names them is
 * planned again. Holds once the entity is planned.
 */
function changedIds(context: PlanContext, entity: LinkEntity): string {
  const { plan, endedLinks, setAside, incoming, accountMatches } = context.staging;
  const collection = collectionOfLinkEntity[entity];
  const people =
    entity === "account"
      ? `union
      select external_id from ${accountMatches} m where conflict is not null
      union
      select external_id from source_records
      where district_id = ${context.district}
        and integration_id = ${context.integration}
        and collection = 'users'
        and fate in ('waiting', 'withheld')`
      : "";
  return `(
      select external_id from ${plan[entity]} p where link <> 'kept'
      union
      select external_id from ${endedLinks} x where entity = '${entity}'
      union
      select external_id from ${setAside} s
      where collection = '${collection}' and said <> 'same' and external_id is not null
      union
      select external_id from ${incoming[collection]} i where said = 'new'
      ${people})`;
}

async function keepChangedIds(context: PlanContext, entity: LinkEntity): Promise<boolean> {
  const count = await addTo(
    context,
    "changedIds",
    `select '${entity}', external_id
    from ${changedIds(context, entity)} c`,
  );
  await growsBy(context, count);
  return count > 0;
}

/** Those that were kept, as a query. */
const changed = (context: PlanContext, entity: LinkEntity) =>
  `(select external_id from ${context.staging.work.changedIds} c where entity = '${entity}')`;

/** Once schools, terms, courses and people are planned: the classes that name one of which the id leads elsewhere now. */
export async function restageClasses(context: PlanContext): Promise<void> {
  if (context.isFirst || context.plansEverything) return;
  const names = {
    school: `m.school_external_id in ${changed(context, "school")}`,
    course: `m.course_external_id in ${changed(context, "course")}`,
    term: `m.term_external_ids && array${changed(context, "term")}::text[]`,
  };
  // Those of schools were kept for their people.
  const [row] = await context.sql.unsafe(`select exists ${changed(context, "school")} as found`);
  if (row?.found === true) await restage(context, "classes", names.school);
  if (await keepChangedIds(context, "course")) await restage(context, "classes", names.course);
  if (await keepChangedIds(context, "term")) await restage(context, "classes", names.term);
}

/**
 * Once schools are planned: the people of those that changed, and who shares an address or a number with somebody who
 * is planned.
 */
export async function restagePeople(context: PlanContext): Promise<void> {
  if (context.isFirst || context.plansEverything) return;
  const { incoming, setAside } = context.staging;
  const isOfChangedSchool = `m.school_external_ids && array${changed(context, "school")}::text[]`;
  if (await keepChangedIds(context, "school")) await restage(context, "users", isOfChangedSchool);
  // Whom those share with shares with others in turn; it ends with the last of them.
  for (let added = 1; added > 0; ) {
    added = 0;
    for (const column of ["email", "student_number"]) {
      const planned = `(
        select external_id from ${incoming.users} i
        union
        select external_id from ${setAside} s where collection = 'users' and said <> 'same')`;
      const accounts = rosterOf(context, "account");
      const own = await among(
        context,
        "uuid",
        "own",
        `select l.record_id from ${linksOf(context, "account")} l where l.external_id in ${planned}`,
      );
      const values = await among(
        context,
        "text",
        "values",
        `select ${column} from ${incoming.users} i where ${column} is not null
        union
        select m.${column} from ${mirrorOf(context, "users")} m
        where m.external_id in ${planned} and m.${column} is not null
        union
        select a.${column} from ${accounts} a
        where a.id ${own} and a.${column} is not null`,
      );
      const sharers = await among(context, "uuid", "sharers", `select a.id from ${accounts} a where a.${column} ${values}`);
      added += await restage(context, "users", `m.${column} ${values}`);
      added += await restage(context, "users", `m.record_id ${sharers}`);
    }
    if (context.apart !== null) added += await restageSamePeople(context);
  }
}

/** The other ids of the people that are planned, by what the SIS says and by where they lead. */
async function restageSamePeople(context: PlanContext): Promise<number> {
  const { setAside } = context.staging;
  const users = context.all.users;
  const [row] = await context.sql.unsafe<{ found: boolean }[]>(`
    select exists (
      select from ${mirrorOf(context, "users")} m
      where m.master_id is not null or m.person_keys is not null) as found`);
  if (row?.found !== true) return 0;
  const isSame = [
    `m.master_id = any (array(select u.master_id from ${users} u where u.master_id is not null))`,
    `m.person_keys && array(select k from ${users} u cross join unnest(u.person_keys) k)`,
    `m.record_id = any (array(
      select l.record_id from ${linksOf(context, "account")} l
      where (l.master_id is not null or l.person_keys is not null)
        and l.external_id in (
          select external_id from ${users} i
          union
          select external_id from ${setAside} s where s.collection = 'users' and s.said <> 'same')))`,
  ];
  let added = 0;
  for (const which of isSame) added += await restage(context, "users", `m.roles_apart and ${which}`);
  return added;
}

/**
 * Once classes and people are planned: the enrollments of those that changed, and of each enrollment that is planned
 * the others of its membership, of which it is one over the widest range of their dates.
 */
export async function restageEnrollments(context: PlanContext): Promise<void> {
  if (context.isFirst || context.plansEverything) return;
  const { incoming, setAside } = context.staging;
  const memberships = rosterOf(context, "membership");
  for (const entity of ["classroom", "account"] as const)
    if (await keepChangedIds(context, entity)) await restageEnrollmentsOf(context, entity, changed(context, entity));
  const planned = `(
    select external_id from ${incoming.enrollments} i
    union
    select external_id from ${setAside} s where collection = 'enrollments' and said <> 'same')`;
  const before = await among(
    context,
    "uuid",
    "before",
    `select l.record_id from ${linksOf(context, "membership")} l where l.external_id in ${planned}`,
  );
  await restage(context, "enrollments", `m.record_id ${before}`);
  const classrooms = await referencesTo(context, "classroom", `select class_external_id from ${incoming.enrollments} i`);
  const people = await referencesTo(context, "account", `select person_external_id from ${incoming.enrollments} i`);
  await fill(
    context,
    "pairs",
    `select distinct c.record_id as classroom_id, a.record_id as account_id
    from ${incoming.enrollments} n
    join ${classrooms} c on c.external_id = n.class_external_id
    join ${people} a on a.external_id = n.person_external_id`,
  );
  const now = await among(
    context,
    "uuid",
    "now",
    `select e.id
    from ${memberships} e
    join ${context.staging.work.pairs} p on e.classroom_id = p.classroom_id and e.account_id = p.account_id`,
  );
  await restage(context, "enrollments", `m.record_id ${now}`);
}

/**
 * The enrollments of some classes or people, by the SIS's ids for them. Those that are placed are found by what their
 * class or person was: an index on every name would cost as much as the enrollments.
 */
export async function restageEnrollmentsOf(
  context: PlanContext,
  entity: "classroom" | "account",
  ids: string,
  which: "whatever the scope" | "in scope" = "in scope",
): Promise<void> {
  const [named, placed] =
    entity === "classroom" ? (["class_external_id", "classroom_id"] as const) : (["person_external_id", "account_id"] as const);
  await restage(context, "enrollments", `m.fate in ('waiting', 'withheld') and m.${named} in ${ids}`);
  if (which === "whatever the scope") {
    await restage(context, "enrollments", `m.out_of_scope_since is not null and m.${named} in ${ids}`, which);
  }
  const records = await among(
    context,
    "uuid",
    "placed",
    `select l.record_id from ${linksOf(context, entity)} l
    where l.external_id in ${ids}`,
  );
  const placedThere = await among(
    context,
    "uuid",
    "placedThere",
    `select e.id from ${rosterOf(context, "membership")} e
    where e.${placed} ${records}`,
  );
  await restage(context, "enrollments", `m.record_id ${placedThere}`, which);
}
