import { rosterColumns, tableOf } from "#lib/platform/db/staging.ts";
import type { LinkEntity } from "#lib/roster/canonical.ts";
import { layEditsOver, rosterWithoutEdits } from "./kept-values.ts";
import { execute, linksOf, type PlanContext } from "./plan-context.ts";
import { suppliersOf } from "./suppliers.ts";
import { isBlank, noteUnsaid, refuseUnsaidDoubt, unsaidColumns } from "./unsaid-columns.ts";

/**
 * A record of an entity as the SIS has it, references resolved. `select` yields external_id, part, position and the
 * entity's roster columns; `match` yields external_id, record_id, matched_by and left_id for records without a link of
 * their own, or whose link is not theirs any more.
 */
export interface Resolved {
  readonly select: string;
  readonly match: string;
  /** Columns that a record has from its creation on, out of `select`. */
  readonly identity: readonly string[];
  /** By column, when the incoming value is not to be believed and Aivo's own stays (as SQL over `r`). */
  readonly keepWhen: Readonly<Record<string, string>>;
}

export const nobody = `(
      select null::text as external_id, null::uuid as record_id, null::text as matched_by, null::uuid as left_id
      where false)`;

/**
 * Compares what the SIS has with what Aivo has, record by record, and writes the entity's plan. A record that `match`
 * says has left the one that its link leads to (left_id) goes to another. From each incoming record `r`: its link `l`,
 * what it is matched with `m`, and the record `e` that one of them leads to, or none, which makes a new one.
 */
export async function planEntity(context: PlanContext, entity: LinkEntity, resolved: Resolved): Promise<void> {
  const columns = Object.keys(rosterColumns[entity].columns);
  const unsaid = unsaidColumns(context, entity);
  const suppliers = suppliersOf(context, entity, "e.id");
  const target = columns.map((column) => {
    const keepUnsaid = unsaid.includes(column) ? isBlank(entity, column, "r") : undefined;
    const keep = [resolved.keepWhen[column], keepUnsaid, suppliers.byOthers(column)].filter((rule) => rule !== undefined);
    return keep.length === 0
      ? `r.${column}`
      : `case when e.id is not null and (${keep.join(" or ")}) then e.${column} else r.${column} end`;
  });
  const identity = resolved.identity.map((column) => `r.${column}`);
  const isKept = entity === "account" || entity === "classroom" ? " and e.deactivated_by is distinct from 'admin'" : "";
  const isGone = `e.status = 'deactivated'${isKept}`;
  const plan = context.staging.plan[entity];
  const own = "case when m.left_id is null then l.record_id end";
  // Not coalesce(), which PostgreSQL does not know to tell nobody anything, so that row-level security keeps it from any index.
  const leadsTo = "case when m.left_id is null and l.record_id is not null then l.record_id else m.record_id end";
  await execute(
    context,
    `insert into ${tableOf(plan)} (external_id, part, position, record_id, matched_by, link, action,
      ${[...resolved.identity, ...columns].join(", ")})
    select
      r.external_id,
      r.part,
      r.position,
      coalesce(e.id, ${context.newId}),
      case
        when ${own} is not null then null
        when e.id is not null then m.matched_by
        else 'created'
      end,
      case
        when l.record_id is null then 'new'
        when ${own} is null then 'moved'
        when l.rostered then 'kept'
        else 'revived'
      end,
      case
        when e.id is null then 'created'
        when ${isGone} then 'reactivated'
        when row(${target.join(", ")})
          is distinct from row(${columns.map((column) => `e.${column}`).join(", ")}) then 'updated'
        else 'unchanged'
      end,
      ${[...identity, ...target].join(", ")}
    from (${resolved.select}) r
    left join ${linksOf(context, entity)} l on l.external_id = r.external_id
    left join ${resolved.match} m on m.external_id = r.external_id
    left join ${rosterWithoutEdits(context, entity)} e on e.id = ${leadsTo}
    ${suppliers.joins}`,
  );
  await refuseUnsaidDoubt(context, entity);
  await noteUnsaid(context, entity);
  await layEditsOver(context, entity);
}
