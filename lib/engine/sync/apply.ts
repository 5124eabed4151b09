import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { type Collection, type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import { markMissing } from "./mark-missing.ts";
import { execute, type PlanContext, tuneForSets, type Writing } from "./plan-context.ts";
import { lockRevision } from "./revision.ts";
import { identityColumns, rosterColumns } from "./staging.ts";
import { keepUnresolved } from "./unresolved.ts";

/**
 * Writes the plan to the roster, inside the caller's transaction, and returns the roster's revision after it. Each
 * statement touches only the rows that change; a plan without changes writes nothing and leaves the revision.
 * The caller has locked the revision that the plan was made for.
 */
export async function apply(
  tx: Tx,
  writing: Writing,
  modes: Readonly<Record<Collection, ReadMode>>,
  onEntity: (entity: LinkEntity, within: number) => void,
): Promise<number> {
  const context = { ...writing, sql: tx.sql };
  await tuneForSets(tx.sql);
  await keepUnresolved(context, modes);
  await markMissing(context, modes);
  if (await isEmptyPlan(context)) return lockRevision(tx);
  for (const [index, entity] of linkEntities.entries()) {
    // Memberships are most of a roster.
    onEntity(entity, entity === "membership" ? 0.3 : (0.3 * index) / linkEntities.length);
    await updateRecords(context, entity);
    await changeStatus(context, entity);
    await createRecords(context, entity);
    await writeLinks(context, entity);
  }
  return raiseRosterRevision(tx);
}

type WriteContext = Pick<PlanContext, "sql" | keyof Writing>;

async function createRecords(context: WriteContext, entity: LinkEntity): Promise<void> {
  const columns = [...Object.keys(identityColumns[entity]), ...Object.keys(rosterColumns[entity].columns)].join(", ");
  await execute(
    context,
    `insert into ${rosterColumns[entity].table} (district_id, id, ${columns})
    select ${context.district}, record_id, ${columns} from ${context.staging.plan[entity]} where action = 'created'`,
  );
}

async function updateRecords(context: WriteContext, entity: LinkEntity): Promise<void> {
  const columns = Object.keys(rosterColumns[entity].columns);
  const back =
    entity === "account"
      ? ", status = 'active', deactivated_at = null, deactivated_by = null"
      : ", status = 'active', deactivated_at = null";
  for (const [action, also] of [
    ["updated", ""],
    ["reactivated", back],
  ] as const) {
    await execute(
      context,
      `update ${rosterColumns[entity].table} t set ${columns.map((column) => `${column} = p.${column}`).join(", ")}, updated_at = now()${also}
      from ${context.staging.plan[entity]} p
      where t.district_id = ${context.district} and t.id = p.record_id and p.action = '${action}'`,
    );
  }
}

async function changeStatus(context: WriteContext, entity: LinkEntity): Promise<void> {
  const by = entity === "account" ? ", deactivated_by = case s.action when 'deactivated' then 'sync' end" : "";
  await execute(
    context,
    `update ${rosterColumns[entity].table} t set
      status = case s.action when 'deactivated' then 'deactivated' else 'active' end,
      deactivated_at = case s.action when 'deactivated' then now() end, updated_at = now()${by}
    from ${context.staging.statusChanges} s
    where t.district_id = ${context.district} and t.id = s.record_id and s.entity = '${entity}'`,
  );
}

async function writeLinks(context: WriteContext, entity: LinkEntity): Promise<void> {
  const plan = context.staging.plan[entity];
  const key = `l.district_id = ${context.district} and l.integration_id = ${context.integration} and l.entity = '${entity}'`;
  await execute(
    context,
    `update external_links l set
      record_id = p.record_id, rostered = true, ended_at = null, matched_by = coalesce(p.matched_by, l.matched_by),
      run_id = ${context.run}, source_part = p.part, source_position = p.position,
      linked_at = case when l.rostered then l.linked_at else now() end
    from ${plan} p
    where ${key} and l.external_id = p.external_id and p.link <> 'new' and (p.link in ('revived', 'moved') or p.action in ('updated', 'reactivated'))`,
  );
  await execute(
    context,
    `update external_links l set rostered = false, ended_at = now(), run_id = ${context.run}
    from ${context.staging.endedLinks} x where ${key} and x.entity = '${entity}' and l.external_id = x.external_id`,
  );
  await execute(
    context,
    `insert into external_links
      (district_id, integration_id, entity, external_id, record_id, matched_by, run_id, source_part, source_position)
    select ${context.district}, ${context.integration}, '${entity}', external_id, record_id, matched_by, ${context.run}, part, position
    from ${plan} where link = 'new'`,
  );
}

/** Whether applying the plan would write nothing: neither a record nor a link. */
async function isEmptyPlan(context: WriteContext): Promise<boolean> {
  const { plan, endedLinks, statusChanges } = context.staging;
  const anything = [
    ...linkEntities.map(
      (entity) => `exists (select from ${plan[entity]} where action in ('created', 'updated', 'reactivated') or link <> 'kept')`,
    ),
    `exists (select from ${endedLinks})`,
    `exists (select from ${statusChanges})`,
  ];
  const [row] = await context.sql.unsafe(`select not (${anything.join(" or ")}) as empty`);
  return row?.empty === true;
}
