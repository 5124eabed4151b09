import { clearing } from "#lib/platform/db/staging.ts";
import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import type { MatchReason } from "#lib/roster/match-reasons.ts";
import { leavesOut } from "#lib/roster/scope.ts";
import { rosterWithoutEdits } from "./kept-values.ts";
import { execute, linksOf, type PlanContext, withoutLoops } from "./plan-context.ts";
import { nobody } from "./plan-entity.ts";
import { addTo } from "./work.ts";

/*
 * The same record by another id (docs/decisions/013-recognised-not-guessed.md): a SIS gives its ids anew, or the district
 * moves to another SIS. A record that comes without a link is taken for one that is free: one that this integration has
 * no longer, or that another one supplies and this one does not know. Each key is asked in turn, and counts only where
 * there is one such record on each side.
 */

export type Recognised = Exclude<LinkEntity, "account" | "membership">;

/**
 * The links of an entity that this run ends or would end, did an admin not have to say so first, since the SIS has the
 * id no longer. What is left out of scope it has.
 */
export function leavingLinks(context: Pick<PlanContext, "staging" | "scope">, entity: LinkEntity): string {
  const { endedLinks, withheld, setAside } = context.staging;
  const isOut = `exists (
            select from ${setAside} s
            where s.collection = '${collectionOfLinkEntity[entity]}'
              and s.external_id = w.external_id
              and s.disposition = 'out-of-scope')`;
  return `(
        select external_id, record_id from ${endedLinks} x where x.entity = '${entity}' and not x.by_scope
        union all
        select external_id, record_id from ${withheld} w
        where w.entity = '${entity}'
          and w.field = ''
          ${leavesOut(context.scope) ? `and not ${isOut}` : ""})`;
}

/** Whether any record of the entity is free; a first sync of the only integration, and most nights, have none. */
export async function isAnyFree(context: PlanContext, entity: LinkEntity): Promise<boolean> {
  if (context.isShared) return true;
  if (context.isFirst) return false;
  const [row] = await context.sql.unsafe(`select exists (select from ${leavingLinks(context, entity)} l) as found`);
  return row?.found === true;
}

/** The records of an entity that are free, with the values that they would have without edits, and whether they leave this integration. */
export function freeRecords(context: PlanContext, entity: LinkEntity): string {
  const collection = collectionOfLinkEntity[entity];
  const others = `
          union
          select record_id from source_records
          where district_id = ${context.district}
            and collection = '${collection}'
            and integration_id <> ${context.integration}
            and record_id is not null`;
  return `(
      select s.*, v.record_id is not null as is_leaving
      from ${rosterWithoutEdits(context, entity)} s
      left join (select distinct record_id from ${leavingLinks(context, entity)} l) v on v.record_id = s.id
      where s.id in (
          select record_id from ${leavingLinks(context, entity)} l${context.isShared ? others : ""})
        and s.id not in (
          select l.record_id from ${linksOf(context, entity)} l
          where not exists (select from ${leavingLinks(context, entity)} v where v.external_id = l.external_id)
            and (l.rostered
              or l.fate <> 'withdrawn'
              or exists (select from ${context.all[collection]} i where i.external_id = l.external_id))))`;
}

export interface Key {
  readonly matchedBy: MatchReason;
  /** What both sides must have in common, as SQL over an alias; null: the record has no such key. */
  readonly of: (alias: string) => string;
  /** What must hold of an incoming record `i` and a free one `e` beside, as SQL. */
  readonly agrees?: string;
}

/**
 * Asks each key in turn. `select` yields the incoming records as planEntity is given them. On their side also those count that the
 * integration has and the input does not mention. Returns what planEntity calls `match`.
 */
export async function recognise(context: PlanContext, entity: Recognised, select: string, keys: readonly Key[]): Promise<string> {
  if (!(await isAnyFree(context, entity))) return nobody;
  const { recognised } = context.staging.work;
  await execute(context, clearing(context.staging, recognised));
  for (const key of keys) await withoutLoops(context, () => addTo(context, "recognised", pairsBy(context, entity, select, key)));
  return `(select external_id, record_id, matched_by, null::uuid as left_id from ${recognised} r)`;
}

function pairsBy(context: PlanContext, entity: Recognised, select: string, { matchedBy, of, agrees = "true" }: Key): string {
  const { recognised } = context.staging.work;
  const links = linksOf(context, entity);
  const silent = context.isFirst
    ? ""
    : `
        union all
        select l.external_id, ${of("s")}
        from ${links} l
        join ${rosterWithoutEdits(context, entity)} s on s.id = l.record_id
        where l.rostered
          and not exists (select from incoming r where r.external_id = l.external_id)
          and not exists (select from ${leavingLinks(context, entity)} v where v.external_id = l.external_id)`;
  return `
      with incoming as (${select}),
      known as (
        select r.external_id, ${of("r")} as key from incoming r${silent}),
      free as (
        select f.* from ${freeRecords(context, entity)} f
        where f.id not in (select record_id from ${recognised} r))
      select i.external_id, e.id, '${matchedBy}'
      from (
        select min(external_id) as external_id, key from known
        where key is not null
        group by key
        having count(*) = 1) k
      join (
        select min(f.id::text)::uuid as id, ${of("f")} as key from free f
        group by 2
        having count(*) = 1) o using (key)
      join incoming i on i.external_id = k.external_id
      join free e on e.id = o.id
      where ${agrees}
        and not exists (select from ${links} l where l.external_id = i.external_id)
        and not exists (select from ${recognised} r where r.external_id = i.external_id)`;
}
