import { rosterColumns } from "#lib/platform/db/staging.ts";
import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import { optionalColumns } from "./carried.ts";
import { DeltaDoubt } from "./delta-doubt.ts";
import { rosterWithoutEdits } from "./kept-values.ts";
import { execute, insertIssues, linksOf, type PlanContext } from "./plan-context.ts";
import { isCarriedAnew } from "./restage.ts";

/**
 * The entity's columns that the SIS says nothing about: Aivo's own values stay. Beside changes, and where nothing was
 * read, what earlier reads carried is still being said.
 */
export function unsaidColumns(context: PlanContext, entity: LinkEntity): readonly string[] {
  const collection = collectionOfLinkEntity[entity];
  const isRead = context.carried[collection] !== undefined;
  const now = context.carried[collection] ?? [];
  const before = !isRead || isReadAsChanges(context, entity) ? (context.carriedBefore[collection] ?? optionalOf(entity)) : [];
  return optionalOf(entity).filter((column) => !now.includes(column) && !before.includes(column));
}

/** Whether the column is as it is where nothing is said, as SQL over the alias; the alias has the roster's columns. */
export function isBlank(entity: LinkEntity, column: string, alias: string): string {
  return blank(entity, column, `${alias}.${column}`);
}

/**
 * One issue for each column of which Aivo has values that the SIS does not send; else what all records lack is told
 * once, without their number: what a full read carries is looked at when it carries something else than before, and
 * changes leave out what has not changed.
 */
export async function noteUnsaid(context: PlanContext, entity: LinkEntity): Promise<void> {
  const collection = collectionOfLinkEntity[entity];
  const isAnew = context.isFirst || context.plansEverything || isCarriedAnew(context, collection);
  if (context.modes[collection] !== "bulk" || !isAnew) return;
  const plan = context.staging.plan[entity];
  for (const column of unsaidColumns(context, entity)) {
    const fields = optionalColumns[collection][column]?.fields ?? [];
    const part = `min(p.part) as part, 1 as position, '${fields[0]}' as field`;
    // An incoming record is blank in it, so what stands in the plan is what Aivo has.
    const kept = await insertIssues(
      context,
      "column-missing",
      collection,
      "what Aivo has of it; new records come through without it",
      `select null::text as external_id, ${part}, null::uuid[] as record_ids,
        count(*) || case count(*) when 1 then ' record has' else ' records have' end || ' a value in Aivo' as value
      from ${plan} p
      where p.action <> 'created' and not (${isBlank(entity, column, "p")})
      having count(*) > 0`,
    );
    if (kept > 0) continue;
    for (const { code, field } of context.unsaid.filter((one) => one.collection === collection && fields.includes(one.field))) {
      await insertIssues(
        context,
        code,
        collection,
        "each record, without it",
        `select
          null::text as external_id,
          min(p.part) as part,
          1 as position,
          '${field}' as field,
          null::uuid[] as record_ids,
          'not in any record' as value
        from ${plan} p
        having count(*) > 0`,
      );
    }
  }
}

/**
 * Whether a field that a record leaves out is still sent for others, or one that comes for the first time makes blanks
 * of what was kept, only a full read can tell. A record that waited counts like a changed one once it comes through.
 * @throws DeltaDoubt where a value in Aivo depends on it
 */
export async function refuseUnsaidDoubt(context: PlanContext, entity: LinkEntity): Promise<void> {
  if (!isReadAsChanges(context, entity)) return;
  const collection = collectionOfLinkEntity[entity];
  const incoming = context.staging.incoming[collection];
  const now = context.carried[collection] ?? [];
  const before = context.carriedBefore[collection] ?? optionalOf(entity);
  const lost = optionalOf(entity).filter((column) => before.includes(column) && !now.includes(column));
  const come = optionalOf(entity).filter((column) => now.includes(column) && !before.includes(column));
  const had = (column: string) => `not (${isBlank(entity, column, "e")})`;
  if (lost.length > 0) {
    const isLost = lost.map((column) => `${had(column)} and ${isBlank(entity, column, "p")}`);
    const count = await execute(
      context,
      `select from ${context.staging.plan[entity]} p
      join ${rosterWithoutEdits(context, entity)} e on e.id = p.record_id
      where (${isLost.join(") or (")})
      limit 1`,
    );
    if (count > 0) throw new DeltaDoubt("a field is not in the changes that may be gone altogether");
  }
  if (come.length > 0) {
    const count = await execute(
      context,
      `select from ${linksOf(context, entity)} l
      join ${rosterWithoutEdits(context, entity)} e on e.id = l.record_id
      left join ${incoming} i on i.external_id = l.external_id and i.said <> 'again'
      where l.rostered
        and i.external_id is null
        and (${come.map(had).join(" or ")})
      limit 1`,
    );
    if (count > 0) throw new DeltaDoubt("a field is sent that was not sent before");
  }
}

const isReadAsChanges = (context: PlanContext, entity: LinkEntity) =>
  context.canReadFully && context.modes[collectionOfLinkEntity[entity]] === "delta";

const optionalOf = (entity: LinkEntity) => Object.keys(optionalColumns[collectionOfLinkEntity[entity]]);

function blank(entity: LinkEntity, name: string, column: string): string {
  const own = optionalColumns[collectionOfLinkEntity[entity]][name]?.blank;
  if (own !== undefined) return own(column);
  const types: Readonly<Record<string, string>> = rosterColumns[entity].columns;
  return types[name]?.endsWith("[]") ? `cardinality(${column}) = 0` : `${column} is null`;
}
