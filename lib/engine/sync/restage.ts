import { incomingColumns } from "#lib/platform/db/staging.ts";
import { type Collection, collectionOfLinkEntity, collections, type LinkEntity } from "#lib/roster/canonical.ts";
import { optionalColumns } from "./carried.ts";
import { execute, growsBy, linksOf, mirrorOf, type PlanContext, referencesTo, rosterOf } from "./plan-context.ts";

/**
 * What depends on news is planned again, from the mirror: who waits, who shares an address or a number, whose class or school it is.
 * Each function adds to the incoming records of one collection, before they are planned, those that the read itself did not bring.
 */

/** Adds the mirror's records `m` of which `which` holds; of those that were left out or are missing there is nothing to plan. */
async function restage(context: PlanContext, collection: Collection, which: string): Promise<number> {
  const incoming = context.staging.incoming[collection];
  const columns = Object.keys(incomingColumns[collection]);
  const count = await execute(
    context,
    `insert into ${incoming} (external_id, part, position, hash, said, ${columns.join(", ")})
    select m.external_id, coalesce(m.source_part, ''), coalesce(m.source_position, 0), m.hash, 'again', ${columns.map((column) => `m.${column}`).join(", ")}
    from source_records m
    where m.district_id = ${context.district} and m.integration_id = ${context.integration} and m.collection = '${collection}'
      and m.fate in ('rostered', 'waiting', 'withheld') and m.hash is not null and m.missing_since is null
      and (${which})
      and not exists (select from ${incoming} i where i.external_id = m.external_id)
      and not exists (select from ${context.staging.setAside} s where s.collection = '${collection}' and s.external_id = m.external_id)`,
  );
  await growsBy(context, count);
  return count;
}

/**
 * A condition that something is among what `query` yields. Of few they are looked up first and stand in the statement, so that it looks
 * through one large table at most once: what was brought just before has no statistics, and a join of three such tables takes hours.
 */
async function among(context: PlanContext, type: "uuid" | "text", query: string): Promise<string> {
  if (!context.size.isFew) return `in (${query})`;
  const rows = await context.sql.unsafe<{ value: string }[]>(`select value from (${query}) q (value)`);
  await growsBy(context, rows.length);
  const items = rows.map(({ value }) => `"${value.replace(/["\\]/g, "\\$&")}"`).join(",");
  return `= any('{${items.replaceAll("'", "''")}}'::${type}[])`;
}

/** Few in any district, and compared with each other: one that changes brings the others. */
const planTogether: readonly Collection[] = ["orgs", "academicSessions", "courses"];

/** Before anything is planned: everything, where all is in doubt; else what waits, and what others have changed. */
export async function restageUnsettled(context: PlanContext): Promise<void> {
  if (context.isFirst) return;
  for (const collection of collections) {
    if (context.plansEverything || isCarriedAnew(context, collection) || (await isAnyOfFew(context, collection))) {
      await restage(context, collection, "true");
      continue;
    }
    // Enrollments wait for a class or a person, who bring them.
    await restage(context, collection, collection === "enrollments" ? "m.stale" : "m.stale or m.fate in ('waiting', 'withheld')");
  }
}

/** A column that the SIS begins or ceases to send makes blanks of what was kept, or the other way round, in every record. */
export function isCarriedAnew(context: PlanContext, collection: Collection): boolean {
  if (context.modes[collection] !== "bulk") return false;
  const all = Object.keys(optionalColumns[collection]);
  const before = context.carriedBefore[collection] ?? all;
  const now = context.carried[collection] ?? [];
  return all.some((column) => before.includes(column) !== now.includes(column));
}

async function isAnyOfFew(context: PlanContext, collection: Collection): Promise<boolean> {
  if (!planTogether.includes(collection)) return false;
  const { incoming, setAside } = context.staging;
  const [row] = await context.sql.unsafe(`select exists (select from ${incoming[collection]})
    or exists (select from ${setAside} where collection = '${collection}' and said <> 'same') as found`);
  return row?.found === true;
}

/**
 * The SIS's ids of an entity that lead elsewhere than before, or to nothing, or that may: whatever names them is planned again. Holds once
 * the entity is planned.
 */
function changedIds(context: PlanContext, entity: LinkEntity): string {
  const { plan, endedLinks, setAside, incoming, accountMatches } = context.staging;
  const collection = collectionOfLinkEntity[entity];
  const people =
    entity === "account"
      ? `union select external_id from ${accountMatches} where conflict is not null
        union select external_id from source_records where district_id = ${context.district} and integration_id = ${context.integration}
          and collection = 'users' and fate in ('waiting', 'withheld')`
      : "";
  return `(select external_id from ${plan[entity]} where link <> 'kept'
    union select external_id from ${endedLinks} where entity = '${entity}'
    union select external_id from ${setAside} where collection = '${collection}' and said <> 'same' and external_id is not null
    union select external_id from ${incoming[collection]} where said = 'new'
    ${people})`;
}

async function keepChangedIds(context: PlanContext, entity: LinkEntity): Promise<boolean> {
  const count = await execute(
    context,
    `create temporary table changed_${entity} on commit drop as select external_id from ${changedIds(context, entity)} c`,
  );
  if (count > 0) await execute(context, `analyze changed_${entity}`);
  await growsBy(context, count);
  return count > 0;
}

/** Once schools, terms and courses are planned: the classes that name one of which the id leads elsewhere now. */
export async function restageClasses(context: PlanContext): Promise<void> {
  if (context.isFirst || context.plansEverything) return;
  if (await keepChangedIds(context, "school"))
    await restage(context, "classes", "m.school_external_id in (select external_id from changed_school)");
  if (await keepChangedIds(context, "course"))
    await restage(context, "classes", "m.course_external_id in (select external_id from changed_course)");
  if (await keepChangedIds(context, "term"))
    await restage(context, "classes", "m.term_external_ids && array(select external_id from changed_term)::text[]");
  await execute(context, "drop table changed_course, changed_term");
}

/** Once schools are planned: the people of those that changed, and who shares an address or a number with somebody who is planned. */
export async function restagePeople(context: PlanContext): Promise<void> {
  if (context.isFirst || context.plansEverything) return;
  const { incoming, setAside } = context.staging;
  const [row] = await context.sql.unsafe("select exists (select from changed_school) as found");
  if (row?.found === true)
    await restage(context, "users", "m.school_external_ids && array(select external_id from changed_school)::text[]");
  await execute(context, "drop table changed_school");
  // Whom those share with shares with others in turn; it ends with the last of them.
  for (let added = 1; added > 0; ) {
    added = 0;
    for (const column of ["email", "student_number"]) {
      const planned = `(select external_id from ${incoming.users} union select external_id from ${setAside} where collection = 'users' and said <> 'same')`;
      const accounts = rosterOf(context, "account");
      const own = await among(
        context,
        "uuid",
        `select l.record_id from ${linksOf(context, "account")} l where l.external_id in ${planned}`,
      );
      const values = await among(
        context,
        "text",
        `select ${column} from ${incoming.users} where ${column} is not null
        union select m.${column} from ${mirrorOf(context, "users")} m where m.external_id in ${planned} and m.${column} is not null
        union select a.${column} from ${accounts} a where a.id ${own} and a.${column} is not null`,
      );
      const sharers = await among(context, "uuid", `select a.id from ${accounts} a where a.${column} ${values}`);
      added += await restage(context, "users", `m.${column} ${values}`);
      added += await restage(context, "users", `m.record_id ${sharers}`);
    }
  }
}

/**
 * Once classes and people are planned: the enrollments of those that changed, and of each enrollment that is planned the others of its
 * membership, of which it is one over the widest range of their dates.
 */
export async function restageEnrollments(context: PlanContext): Promise<void> {
  if (context.isFirst || context.plansEverything) return;
  const { incoming, setAside } = context.staging;
  const memberships = rosterOf(context, "membership");
  for (const [entity, named, placed] of [
    ["classroom", "class_external_id", "classroom_id"],
    ["account", "person_external_id", "account_id"],
  ] as const) {
    if (await keepChangedIds(context, entity)) {
      const ids = `(select external_id from changed_${entity})`;
      await restage(context, "enrollments", `m.fate in ('waiting', 'withheld') and m.${named} in ${ids}`);
      // Those that are placed are found by what their class or person was: an index on every name would cost as much as the enrollments.
      const records = await among(context, "uuid", `select l.record_id from ${linksOf(context, entity)} l where l.external_id in ${ids}`);
      const placedThere = await among(context, "uuid", `select e.id from ${memberships} e where e.${placed} ${records}`);
      await restage(context, "enrollments", `m.record_id ${placedThere}`);
    }
    await execute(context, `drop table changed_${entity}`);
  }
  const changed = `(select external_id from ${incoming.enrollments}
    union select external_id from ${setAside} where collection = 'enrollments' and said <> 'same')`;
  const before = await among(
    context,
    "uuid",
    `select l.record_id from ${linksOf(context, "membership")} l where l.external_id in ${changed}`,
  );
  await restage(context, "enrollments", `m.record_id ${before}`);
  await execute(
    context,
    `create temporary table pairs on commit drop as
    select distinct c.record_id as classroom_id, a.record_id as account_id from ${incoming.enrollments} n
    join ${referencesTo(context, "classroom", `select class_external_id from ${incoming.enrollments}`)} c on c.external_id = n.class_external_id
    join ${referencesTo(context, "account", `select person_external_id from ${incoming.enrollments}`)} a on a.external_id = n.person_external_id`,
  );
  await execute(context, "analyze pairs");
  const now = await among(
    context,
    "uuid",
    `select e.id from ${memberships} e join pairs p on e.classroom_id = p.classroom_id and e.account_id = p.account_id`,
  );
  await restage(context, "enrollments", `m.record_id ${now}`);
  await execute(context, "drop table pairs");
}
