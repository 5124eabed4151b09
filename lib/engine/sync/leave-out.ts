import { uuidLiteral } from "#lib/platform/db/literals.ts";
import { countParts, isChosen, membersOfParts } from "#lib/platform/db/plan-parts.ts";
import type { LeftOut } from "#lib/platform/db/schema/runs.ts";
import { columnNames, planColumns, rosterColumns } from "#lib/platform/db/staging.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { waitingPlanOf } from "#lib/platform/db/waiting-plans.ts";
import { fieldsOfParts } from "#lib/roster/plan-parts.ts";
import { byInsert } from "./plan-context.ts";

/*
 * Cuts a plan that waits by the parts, or the single records of them, that an admin leaves out of an approval: they become withheld, as the guard's
 * doubts are (withhold.ts), and the rest is applied as it was shown, with the ids that it was planned with. Part of the transaction that applies it: where
 * that fails, the plan is whole again.
 */

interface Cut {
  readonly tx: Tx;
  readonly runId: string;
  readonly leftOut: readonly LeftOut[];
  readonly isNewYear: boolean;
}

/** Returns how many records wait because of it; null, and nothing may be applied, where the parts are not what was shown. */
export async function leaveOut(cut: Cut): Promise<number | null> {
  const { tx, leftOut, runId } = cut;
  const counts = await countParts(tx, runId, cut.isNewYear, leftOut);
  const isAsShown = ({ part, count, of = count }: LeftOut) => counts.get(part)?.count === of && counts.get(part)?.chosen === count;
  if (!leftOut.every(isAsShown)) return null;
  await withholdLeaving(cut);
  await withholdFollowing(cut);
  await keepLinksAndStatus(cut);
  await withholdNewValues(cut);
  const [row] = await tx.sql<{ count: number }[]>`
    select count(distinct (entity, external_id))::int as count from waiting.withheld
    where ${own(cut)} and cause = 'left-out' and follows is null`;
  return row?.count ?? 0;
}

const own = ({ tx, runId }: Cut) => tx.sql`district_id = ${tx.districtId} and run_id = ${runId}`;
const ownIn = ({ tx, runId }: Cut, alias: string) =>
  `${alias}.district_id = ${uuidLiteral(tx.districtId)} and ${alias}.run_id = ${uuidLiteral(runId)}`;
const integrationOf = ({ tx, runId }: Cut) =>
  `(select integration_id from sync_runs where district_id = ${uuidLiteral(tx.districtId)} and id = ${uuidLiteral(runId)})`;
const planOf = ({ tx, runId }: Cut) => waitingPlanOf({ districtId: tx.districtId, runId });

function membersLeftOut(cut: Cut): string {
  const ofParts = cut.leftOut.map(({ part }) => `m.part = '${part}' and ${isChosen(cut.leftOut, part, "m.record_id")}`).join(" or ");
  return `(
      select distinct entity, record_id
      from ${membersOfParts(cut.tx.districtId, planOf(cut), cut.isNewYear)} m where ${ofParts})`;
}

const columns = "(district_id, run_id, entity, external_id, record_id, field, cause, follows)";

async function withholdLeaving(cut: Cut): Promise<void> {
  const { tx, runId } = cut;
  await tx.sql.unsafe(`
    insert into waiting.withheld ${columns}
    select ${uuidLiteral(tx.districtId)}, ${uuidLiteral(runId)}, x.entity, x.external_id, x.record_id, '', 'left-out',
      null
    from ${planOf(cut).endedLinks} x
    join ${membersLeftOut(cut)} m on m.entity = x.entity and m.record_id = x.record_id
    where not x.by_scope
    ${byInsert}`);
}

/** The people and classes that stay for now. */
const kept = (cut: Cut, entity: "account" | "classroom") => `(
        select record_id from ${planOf(cut).withheld} k
        where k.entity = '${entity}' and k.field = '' and k.cause = 'left-out')`;

/** Memberships of a person or class that stays for now are decided about with it. */
async function withholdFollowing(cut: Cut): Promise<void> {
  const { tx, runId } = cut;
  const { endedLinks, withheld } = planOf(cut);
  await tx.sql.unsafe(`
    insert into waiting.withheld ${columns}
    select ${uuidLiteral(tx.districtId)}, ${uuidLiteral(runId)}, 'membership', x.external_id, x.record_id, '',
      'left-out',
      case when e.account_id in ${kept(cut, "account")} then e.account_id else e.classroom_id end
    from (select * from ${endedLinks} x where entity = 'membership') x
    join memberships e on e.district_id = ${uuidLiteral(tx.districtId)} and e.id = x.record_id
    where (e.account_id in ${kept(cut, "account")} or e.classroom_id in ${kept(cut, "classroom")})
      and not exists (
        select from ${withheld} w where w.entity = 'membership' and w.external_id = x.external_id and w.field = '')
    ${byInsert}`);
}

/** What stays keeps its link and its status; a membership does unless its class or its person leaves all the same, or its id is another one's now. */
async function keepLinksAndStatus(cut: Cut): Promise<void> {
  const { tx } = cut;
  const { endedLinks, plan, statusChanges, withheld } = planOf(cut);
  await tx.sql.unsafe(`
    delete from waiting.ended_links x using ${withheld} w
    where ${ownIn(cut, "x")} and w.field = '' and w.cause = 'left-out' and w.entity = x.entity
      and w.external_id = x.external_id`);
  await tx.sql.unsafe(`
    delete from waiting.status_changes s
    where ${ownIn(cut, "s")} and s.action = 'deactivated'
      and (s.entity = 'account' and s.record_id in ${kept(cut, "account")}
        or s.entity = 'classroom' and s.record_id in ${kept(cut, "classroom")})`);
  const gone = (entity: string) => `(
        select record_id from ${statusChanges} g where g.entity = '${entity}' and g.action = 'deactivated')`;
  await tx.sql.unsafe(`
    delete from waiting.status_changes s using memberships e
    where ${ownIn(cut, "s")} and s.entity = 'membership' and s.action = 'deactivated'
      and e.district_id = ${uuidLiteral(tx.districtId)} and e.id = s.record_id
      and (e.account_id in ${kept(cut, "account")}
        or e.classroom_id in ${kept(cut, "classroom")}
        or s.record_id in (
          select record_id from ${withheld} w where w.entity = 'membership' and w.field = '' and w.cause = 'left-out'))
      and e.account_id not in ${gone("account")}
      and e.classroom_id not in ${gone("classroom")}
      and s.record_id not in (select record_id from ${endedLinks} x where x.entity = 'membership')
      and exists (
        select from source_records m
        where m.district_id = ${uuidLiteral(tx.districtId)} and m.record_id = s.record_id and m.rostered
          and not exists (
            select from ${plan.membership} p
            where m.integration_id = ${integrationOf(cut)} and p.external_id = m.external_id
              and p.record_id <> m.record_id))`);
}

const partsOfValues = ["learners-move-up", "details"] as const;

/** By column of people, whose new value of it is left out, as SQL over their role and id. */
function valuesLeftOut(leftOut: readonly LeftOut[], role: string, record: string): ReadonlyMap<string, string> {
  const whose = new Map<string, string[]>();
  for (const part of partsOfValues.filter((one) => leftOut.some((left) => left.part === one))) {
    for (const whoever of ["learner", "teacher"] as const) {
      for (const field of fieldsOfParts[part][whoever])
        whose.set(field, [...(whose.get(field) ?? []), `${role} = '${whoever}' and ${isChosen(leftOut, part, record)}`]);
    }
  }
  return new Map([...whose].map(([field, conditions]) => [field, `(${conditions.join(" or ")})`]));
}

/** Values that stay for now, of everybody whose record is there and goes on by the same id. */
async function withholdNewValues(cut: Cut): Promise<void> {
  const { tx, runId } = cut;
  const planned = valuesLeftOut(cut.leftOut, "e.role", "p.record_id");
  const again = valuesLeftOut(cut.leftOut, "e.role", "g.record_id");
  if (planned.size === 0) return;
  const whichChange = [...planned].map(([field, isLeft]) => `('${field}', ${isLeft} and p.${field} is distinct from e.${field})`);
  await tx.sql.unsafe(`
    insert into waiting.withheld ${columns}
    select ${uuidLiteral(tx.districtId)}, ${uuidLiteral(runId)}, 'account', p.external_id, p.record_id, f.field,
      'left-out', null
    from ${planOf(cut).plan.account} p
    join accounts e on e.district_id = ${uuidLiteral(tx.districtId)} and e.id = p.record_id
    cross join lateral (values
      ${whichChange.join(",\n      ")}
    ) f (field, is_left)
    where p.action = 'updated' and p.link = 'kept' and f.is_left
    ${byInsert}`);
  const all = columnNames(planColumns.plan_account ?? "");
  const valueThen = (field: string) => {
    const isLeft = again.get(field);
    return isLeft === undefined ? `g.${field}` : `case when ${isLeft} then e.${field} else g.${field} end`;
  };
  const roster = Object.keys(rosterColumns.account.columns);
  await tx.sql.unsafe(`
    with gone as (
      delete from waiting.plan_account p
      where ${ownIn(cut, "p")} and p.action = 'updated' and p.link = 'kept'
        and p.record_id in (
          select record_id from ${planOf(cut).withheld} w
          where w.entity = 'account' and w.field <> '' and w.cause = 'left-out')
      returning p.*),
    cut as (
      select ${["g.district_id", "g.run_id", ...all.map((column) => `${valueThen(column)} as ${column}`)].join(", ")},
        ${roster.map((column) => `e.${column} as old_${column}`).join(", ")}
      from gone g
      join accounts e on e.district_id = ${uuidLiteral(tx.districtId)} and e.id = g.record_id)
    insert into waiting.plan_account (district_id, run_id, ${all.join(", ")})
    select district_id, run_id, ${all
      .map((column) =>
        column === "action"
          ? `case when row(${roster.join(", ")})
            is not distinct from row(${roster.map((one) => `old_${one}`).join(", ")})
          then 'unchanged' else action end`
          : column,
      )
      .join(", ")}
    from cut
    ${byInsert}`);
}

/** Of a change of a person, as SQL over `c`: which of its columns are no longer part of it. */
export function columnsLeftOut(leftOut: readonly LeftOut[]): string {
  const all = [...valuesLeftOut(leftOut, "c.entity", "c.record_id")].map(([field, isLeft]) => `case when ${isLeft} then '${field}' end`);
  if (all.length === 0) return "'{}'::text[]";
  return `case when c.action <> 'updated' then '{}'::text[] else array_remove(array[${all.join(", ")}]::text[], null) end`;
}
