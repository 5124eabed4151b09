import { isClassOut, isPersonOut, isRecordOut, namesLeftOutSchool, officesAmong } from "#lib/engine/scope/rules.ts";
import { isOwn, tableOf } from "#lib/platform/db/staging.ts";
import {
  type Collection,
  type Entity,
  linkEntityOfCollection,
  type RosteredCollection,
  rosteredCollections,
} from "#lib/roster/canonical.ts";
import { leavesOut } from "#lib/roster/scope.ts";
import { foldRestaged } from "./fold-people.ts";
import { entityOfRecord, execute, growsBy, mirrorOf, type PlanContext } from "./plan-context.ts";
import { restage, restageEnrollmentsOf } from "./restage.ts";
import { unsaidColumns } from "./unsaid-columns.ts";
import { fill } from "./work.ts";

/**
 * Takes out of what is planned whatever the integration's scope leaves out (lib/roster/scope.ts), before anything is
 * planned: it is marked among the incoming records, of which planning sees the others, and set aside, so that what
 * depends on it is planned. Its link goes on, or ends where the scope says that it is withdrawn (planEndedLinks). Where
 * nothing is left out, nothing is asked.
 */
export async function applyScope(context: PlanContext): Promise<void> {
  if (!leavesOut(context.scope)) return;
  await restageUncertain(context);
  await foldRestaged(context);
  for (const collection of rosteredCollections)
    if (collection !== "enrollments") await mark(context, collection, isOut(context, collection));
  await findOut(context);
  if (!context.isFirst && !context.plansEverything) await restageEnrollmentsOfChanged(context);
  await mark(context, "enrollments", isEnrollmentOut(context));
  for (const collection of rosteredCollections) await setOutAside(context, collection);
}

async function mark(context: PlanContext, collection: Collection, condition: string): Promise<void> {
  await execute(
    context,
    `update ${tableOf(context.all[collection])} t set
      out_of_scope = case when ${condition} then '${context.scope.outside}' end
    where ${isOwn(context.staging, "t")} and (t.out_of_scope is not null or ${condition})`,
  );
}

function isOut(context: PlanContext, collection: Exclude<RosteredCollection, "enrollments">): string {
  const { scope } = context;
  switch (collection) {
    case "classes":
      return orAsBefore(context, collection, isClassOut(scope, "t"));
    case "users":
      return andIsPlaced(context, orAsBefore(context, collection, isPersonOut(scope, "t", offices(context))));
    default:
      return isRecordOut(scope, collection, "t");
  }
}

/** Of whom it is settled before that they have no place in the roster, there is nothing to leave out. */
function andIsPlaced({ apart }: PlanContext, condition: string): string {
  return apart === null ? condition : `(t.standing is null and ${condition})`;
}

/** The columns of the roster that decide, by collection, each with when an alias says nothing of it. */
function deciding({ scope }: PlanContext, collection: "classes" | "users", alias: string): readonly (readonly [string, string])[] {
  const isEmpty = (column: string) => `cardinality(coalesce(${alias}.${column}, '{}')) = 0`;
  const columns =
    collection === "classes"
      ? ([
          ["course_id", `${alias}.course_external_id is null`, scope.courses],
          ["term_ids", isEmpty("term_external_ids"), scope.terms],
        ] as const)
      : ([
          ["grade", `${alias}.role = 'learner' and ${alias}.grade is null`, scope.grades],
          ["school_ids", isEmpty("school_external_ids"), scope.schools],
        ] as const);
  return columns.flatMap(([column, isBlank, left]) => (left.length > 0 ? [[column, isBlank] as const] : []));
}

/**
 * A record of which it is not told what decides, since no record carries that column or the value cannot be read, stays
 * on the side where it was: an export without its column of grades brings nobody in.
 */
function orAsBefore(context: PlanContext, collection: "classes" | "users", condition: string): string {
  if (context.isFirst || condition === "true") return condition;
  const unsaid = unsaidColumns(context, linkEntityOfCollection[collection]);
  const columns = deciding(context, collection, "t");
  const untold = columns.flatMap(([column, isBlank]) => (unsaid.includes(column) ? [isBlank] : []));
  if (columns.some(([column]) => column === "grade")) untold.push("'grade' = any(t.unreadable)");
  if (untold.length === 0) return condition;
  const wasOut = `select m.external_id from ${mirrorOf(context, collection)} m where m.out_of_scope_since is not null`;
  return `(${condition} or (${untold.join(" or ")}) and t.external_id in (${wasOut}))`;
}

/** The orgs that are no schools, by this read and by earlier ones. */
function offices(context: PlanContext): string {
  const { setAside } = context.staging;
  const now = `
      select s.external_id from ${setAside} s
      where s.collection = 'orgs' and s.disposition = 'not-rostered' and s.external_id is not null`;
  if (context.isFirst) return now;
  const isNotTold = `not exists (select from ${context.all.orgs} i where i.external_id = o.external_id)
        and not exists (
          select from ${setAside} s
          where s.collection = 'orgs' and s.external_id = o.external_id)`;
  return `${now}
      union all
      ${officesAmong(mirrorOf(context, "orgs"), isNotTold)}`;
}

/**
 * Those of whom what decides may be another than when they were planned: whose orgs are schools now or are no longer,
 * and who stayed out for want of a value.
 */
async function restageUncertain(context: PlanContext): Promise<void> {
  if (context.isFirst || context.plansEverything) return;
  for (const collection of decisive) {
    const blanks = deciding(context, collection, "m").map(([, isBlank]) => isBlank);
    if (blanks.length > 0) await restage(context, collection, `m.out_of_scope_since is not null and (${blanks.join(" or ")})`, whatever);
  }
  if (context.scope.schools.length === 0) return;
  const news = `
    select s.external_id from ${context.staging.setAside} s
    where s.collection = 'orgs' and s.said <> 'same' and s.external_id is not null
    union
    select i.external_id from ${context.all.orgs} i where i.said <> 'again'`;
  const [row] = await context.sql.unsafe(`select exists (${news}) as found`);
  if (row?.found !== true) return;
  const isAffected = `${namesLeftOutSchool(context.scope, "m")} and m.school_external_ids && array(${news})::text[]`;
  await restage(context, "users", isAffected, whatever);
}

const decisive = ["classes", "users"] as const;
const whatever = "whatever the scope";

/** Which classes and people are out, and of which it is news that they are or are not. */
async function findOut(context: PlanContext): Promise<void> {
  const { all, staging } = context;
  const out = (collection: "classes" | "users") => {
    const now = `select '${collection}', i.external_id from ${all[collection]} i where i.out_of_scope is not null`;
    if (context.isFirst) return [now];
    const isTold = `exists (select from ${all[collection]} i where i.external_id = m.external_id)
        or exists (
          select from ${staging.setAside} s
          where s.collection = '${collection}'
            and s.external_id = m.external_id
            and s.disposition <> 'left-out')`;
    return [
      now,
      `select '${collection}', m.external_id
      from ${mirrorOf(context, collection)} m
      where m.out_of_scope_since is not null and not (${isTold})`,
    ];
  };
  await growsBy(context, await fill(context, "outOfScope", decisive.flatMap(out).join("\n      union all\n      ")));
  if (context.isFirst || context.plansEverything) return;
  const changed = (collection: "classes" | "users") => [
    `select '${collection}', i.external_id
      from ${all[collection]} i
      left join ${mirrorOf(context, collection)} m on m.external_id = i.external_id
      where (i.out_of_scope is not null) <> (m.out_of_scope_since is not null)`,
    `select '${collection}', s.external_id
      from ${staging.setAside} s
      join ${mirrorOf(context, collection)} m on m.external_id = s.external_id
      where s.collection = '${collection}'
        and s.disposition in ('withdrawn', 'missing', 'not-rostered')
        and m.out_of_scope_since is not null`,
  ];
  await growsBy(context, await fill(context, "scopeChanged", decisive.flatMap(changed).join("\n      union all\n      ")));
}

async function restageEnrollmentsOfChanged(context: PlanContext): Promise<void> {
  const { scopeChanged } = context.staging.work;
  const rows = await context.sql.unsafe<{ collection: string }[]>(`select distinct collection from ${scopeChanged} c`);
  for (const { collection } of rows) {
    const entity = collection === "classes" ? "classroom" : "account";
    const ids = `(select external_id from ${scopeChanged} c where collection = '${collection}')`;
    await restageEnrollmentsOf(context, entity, ids, whatever);
  }
}

function isEnrollmentOut(context: PlanContext): string {
  if (context.scope.kinds.includes("classes")) return "true";
  const out = (collection: string) => `(
        select external_id from ${context.staging.work.outOfScope} o
        where collection = '${collection}')`;
  return `(t.class_external_id in ${out("classes")} or t.person_external_id in ${out("users")})`;
}

async function setOutAside(context: PlanContext, collection: Collection): Promise<void> {
  await execute(
    context,
    `insert into ${tableOf(context.staging.setAside)} (collection, external_id, disposition, said, entity, part,
      position, added)
    select '${collection}', i.external_id, 'out-of-scope', i.said, ${entityOfRecord(collection, "i")}, i.part,
      i.position, true
    from ${context.all[collection]} i
    where i.out_of_scope is not null`,
  );
}

/** How many records are out of scope once the plan is applied, by kind. */
export async function countOut(context: PlanContext): Promise<Partial<Record<Entity, number>>> {
  if (!leavesOut(context.scope)) return {};
  const { setAside } = context.staging;
  const before = rosteredCollections.map(
    (collection) => `
      select ${entityOfRecord(collection, "m")} as entity
      from ${mirrorOf(context, collection)} m
      where m.fate = 'out-of-scope'
        and not exists (select from ${context.all[collection]} i where i.external_id = m.external_id)
        and not exists (
          select from ${setAside} s
          where s.collection = '${collection}' and s.external_id = m.external_id)`,
  );
  const rows = await context.sql.unsafe<{ entity: Entity; count: number }[]>(`
    select entity, count(*)::int as count
    from (
      select s.entity from ${setAside} s where s.disposition = 'out-of-scope'
      ${context.isFirst ? "" : `union all ${before.join("\n      union all ")}`}) each
    group by 1`);
  return Object.fromEntries(rows.map(({ entity, count }) => [entity, count]));
}
