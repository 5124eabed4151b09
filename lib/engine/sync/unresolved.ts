import { type Collection, collections } from "#lib/roster/canonical.ts";
import { DeltaDoubt } from "./delta-doubt.ts";
import { execute, linksOf, type PlanContext, referencesTo, rosterOf, type Writing } from "./plan-context.ts";
import { withheldLinks } from "./takeovers.ts";

/** Adds to a read of changes what earlier runs read and could not place, unless the SIS says something newer of it. */
export async function restageUnresolved(context: PlanContext): Promise<void> {
  for (const collection of collections) {
    if (context.modes[collection] !== "delta") continue;
    const incoming = context.staging.incoming[collection];
    await execute(
      context,
      `insert into ${incoming}
      select (jsonb_populate_record(null::${incoming}, u.row || '{"added": true}')).* from unresolved_records u
      where u.district_id = ${context.district} and u.integration_id = ${context.integration} and u.collection = '${collection}' and u.row <> 'null'
        and not exists (select from ${incoming} i where i.external_id = u.external_id)
        and not exists (select from ${context.staging.setAside} s where s.collection = u.collection and s.external_id = u.external_id)`,
    );
  }
}

/**
 * Several enrollments of one person in one class are one membership, over the widest range of their dates: beside an
 * enrollment that a read of changes brings, this adds the one that the membership was made of before. Its row is what
 * the membership says, since it stood alone; those that did not are kept as unresolved. One whose latest row could not be
 * used keeps its link and has no say.
 * @throws DeltaDoubt where the class or the person goes, or went, by another id too: which of them the enrollment names is not known
 */
export async function restageSameMembership(context: PlanContext): Promise<void> {
  if (context.modes.enrollments !== "delta") return;
  const incoming = context.staging.incoming.enrollments;
  const count = await execute(
    context,
    `create temporary table same_membership on commit drop as
    with named as (
      select distinct on (c.record_id, a.record_id)
        c.record_id as classroom_id, a.record_id as account_id, n.class_external_id, n.person_external_id
      from ${incoming} n
      join ${referencesTo(context, "classroom")} c on c.external_id = n.class_external_id
      join ${referencesTo(context, "account")} a on a.external_id = n.person_external_id
      order by c.record_id, a.record_id, n.external_id)
    select l.external_id, l.source_part as part, l.source_position as position, true as added,
      n.class_external_id, n.person_external_id, e.role, e.begin_date, e.end_date, e.classroom_id, e.account_id
    from named n
    join ${rosterOf(context, "membership")} e on e.classroom_id = n.classroom_id and e.account_id = n.account_id
    join ${linksOf(context, "membership")} l on l.record_id = e.id and l.rostered
    where not exists (select from ${incoming} i where i.external_id = l.external_id)
      and not exists (select from ${context.staging.setAside} s where s.collection = 'enrollments' and s.external_id = l.external_id)
      and not exists (select from ${context.staging.endedLinks} x where x.entity = 'membership' and x.external_id = l.external_id)
      and not exists (select from unresolved_records u where u.district_id = ${context.district} and u.integration_id = ${context.integration}
        and u.collection = 'enrollments' and u.external_id = l.external_id and u.row = 'null')`,
  );
  if (count > 0) {
    if (context.canReadFully) await refuseOtherIds(context);
    const columns = "external_id, part, position, added, class_external_id, person_external_id, role, begin_date, end_date";
    await execute(context, `insert into ${incoming} (${columns}) select ${columns} from same_membership`);
  }
  await execute(context, "drop table same_membership");
}

async function refuseOtherIds(context: PlanContext): Promise<void> {
  const hasOtherId = (entity: "classroom" | "account", id: string, externalId: string) => `exists (
    select from same_membership s
    join (select record_id, external_id from ${linksOf(context, entity)} l union all select record_id, external_id from ${context.staging.plan[entity]}) k
      on k.record_id = s.${id} and k.external_id <> s.${externalId})`;
  const [row] = await context.sql.unsafe(
    `select ${hasOtherId("classroom", "classroom_id", "class_external_id")} or ${hasOtherId("account", "account_id", "person_external_id")} as found`,
  );
  if (row?.found === true) throw new DeltaDoubt("a class or a person goes by another id");
}

/**
 * Whether the SIS has the id, and has nobody and nothing to roster by it: a parent, a district office. Changes do not tell
 * again what was read before.
 */
export function isNotRostered(context: PlanContext, collection: NeverRostered, id: string): string {
  const { incoming, setAside } = context.staging;
  const isSetAside = (where: string) =>
    `exists (select from ${setAside} s where s.collection = '${collection}' and s.external_id = ${id}${where})`;
  const isNow = isSetAside(" and s.disposition = 'not-rostered'");
  if (context.modes[collection] === "bulk") return isNow;
  return `(${isNow} or (not ${isSetAside("")} and not exists (select from ${incoming[collection]} i where i.external_id = ${id})
    and exists (select from unresolved_records u where u.district_id = ${context.district} and u.integration_id = ${context.integration}
      and u.collection = '${collection}' and u.external_id = ${id} and u.row = 'null')))`;
}

const neverRostered = ["orgs", "users"] as const;
type NeverRostered = (typeof neverRostered)[number];

/** Puts aside, with the plan, what this run could not place. What was wrong already when it was read, others do not mend. */
export async function collectUnresolved(context: PlanContext): Promise<void> {
  const { incoming, plan, unresolved } = context.staging;
  for (const collection of collections) {
    if (context.modes[collection] === "absent") continue;
    // Marked, for the day on which it is settled whose the id is.
    const isWithheld =
      collection === "users"
        ? ` || case when i.external_id in (select external_id from (${withheldLinks(context)}) w) then '{"withheld": true}' else '{}' end::jsonb`
        : "";
    const withoutIssue =
      collection === "enrollments"
        ? ` union all select external_id from ${plan.membership} where record_id in (select record_id from ${plan.membership} where action = 'merged')`
        : "";
    await execute(
      context,
      `insert into ${unresolved} (collection, external_id, row)
      select '${collection}', i.external_id, to_jsonb(i) - 'added'${isWithheld} from ${incoming[collection]} i
      where i.external_id in (
        select external_id from waiting where collection = '${collection}'${withoutIssue})`,
    );
  }
  for (const collection of neverRostered) if (context.modes[collection] !== "absent") await collectNotRostered(context, collection);
  if (context.modes.enrollments !== "absent") await collectUnusable(context);
}

/** Notes, without a row, what is not to be rostered; SQL's null forgets, since changes say that it is something else now. */
async function collectNotRostered(context: PlanContext, collection: NeverRostered): Promise<void> {
  const { incoming, setAside, unresolved } = context.staging;
  const read = (where: string) => `select external_id from ${setAside} where collection = '${collection}' and ${where}`;
  await execute(
    context,
    `insert into ${unresolved} (collection, external_id, row)
    select distinct '${collection}', external_id, 'null'::jsonb from (${read("disposition = 'not-rostered'")}) s`,
  );
  if (context.modes[collection] !== "delta") return;
  await execute(
    context,
    `insert into ${unresolved} (collection, external_id, row)
    select distinct '${collection}', external_id, null::jsonb
    from (select external_id from ${incoming[collection]} union all ${read("disposition <> 'not-rostered'")}) s
    join unresolved_records u using (external_id)
    where u.district_id = ${context.district} and u.integration_id = ${context.integration} and u.collection = '${collection}' and u.row = 'null'`,
  );
}

/** Notes, without a row, which rostered enrollments could not be used as the SIS last sent them. */
async function collectUnusable(context: PlanContext): Promise<void> {
  const { incoming, setAside, unresolved } = context.staging;
  const isKnown = `exists (select from ${linksOf(context, "membership")} l where l.rostered and l.external_id = `;
  await execute(
    context,
    `insert into ${unresolved} (collection, external_id, row)
    select distinct 'enrollments', s.external_id, 'null'::jsonb from ${setAside} s
    where s.collection = 'enrollments' and not s.added and s.disposition <> 'withdrawn' and ${isKnown}s.external_id)`,
  );
  if (context.modes.enrollments !== "delta") return;
  await execute(
    context,
    `insert into ${unresolved} (collection, external_id, row)
    select u.collection, u.external_id, u.row from unresolved_records u
    where u.district_id = ${context.district} and u.integration_id = ${context.integration} and u.collection = 'enrollments' and u.row = 'null'
      and not exists (select from ${incoming.enrollments} i where i.external_id = u.external_id)
      and not exists (select from ${setAside} s where s.collection = 'enrollments' and s.external_id = u.external_id)`,
  );
}

/** Remembers them for the next read of changes; part of the transaction that applies. Only what changed is written. */
export async function keepUnresolved(
  context: Writing & Pick<PlanContext, "sql">,
  modes: Readonly<Record<Collection, string>>,
): Promise<void> {
  const { unresolved } = context.staging;
  const read = collections.filter((collection) => modes[collection] !== "absent").map((collection) => `'${collection}'`);
  if (read.length === 0) return;
  const isOurs = `u.district_id = ${context.district} and u.integration_id = ${context.integration}`;
  const isSaid = (what: string) =>
    `exists (select from ${unresolved} n where n.collection = u.collection and n.external_id = u.external_id and ${what})`;
  await execute(context, `analyze ${unresolved}`);
  await execute(
    context,
    `delete from unresolved_records u
    where ${isOurs} and u.collection in (${read.join(", ")}) and not (u.row = 'null' and u.collection in ('${neverRostered.join("', '")}'))
      and not ${isSaid("n.row = u.row")}`,
  );
  // Of those that are not rostered, changes tell only what is new.
  for (const collection of neverRostered) {
    if (modes[collection] === "absent") continue;
    const isOver = modes[collection] === "delta" ? isSaid("n.row is null") : `not ${isSaid("n.row = 'null'")}`;
    await execute(
      context,
      `delete from unresolved_records u where ${isOurs} and u.collection = '${collection}' and u.row = 'null' and ${isOver}`,
    );
  }
  await execute(
    context,
    `insert into unresolved_records (district_id, integration_id, collection, external_id, row)
    select ${context.district}, ${context.integration}, n.collection, n.external_id, n.row from ${unresolved} n
    where n.row is not null
      and not exists (select from unresolved_records u where ${isOurs} and u.collection = n.collection and u.external_id = n.external_id)`,
  );
}
