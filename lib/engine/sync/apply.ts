import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { identityColumns, keepsWhoDeactivated, rosterColumns } from "#lib/platform/db/staging.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { writeIssues } from "./issue-news.ts";
import { writeKeptNews } from "./kept-values.ts";
import { changesScope, markStale, writeMirror } from "./mirror.ts";
import { type Applying, execute, few, isRosterShared, plansFew, tuneForFew, tuneForSets, type Writing } from "./plan-context.ts";
import { type Present, whatIsThere } from "./present.ts";
import { lockRevision } from "./revision.ts";
import { writeWithheld } from "./withhold.ts";

/**
 * Writes the plan to the roster and what was read to the mirror, inside the caller's transaction, and returns the
 * roster's revision after it. Each statement touches only the rows that change; a plan without changes leaves the
 * roster and its revision. Other integrations that roster something are told what of theirs was changed. The caller has
 * locked the revision that the plan was made for. `most`: up to how many records are looked up one by one.
 */
export async function apply(tx: Tx, writing: Writing, onEntity: (entity: LinkEntity, within: number) => void, most = few): Promise<number> {
  const context = { ...writing, sql: tx.sql };
  await tuneForSets(tx.sql);
  const isFew = await plansFew(context, most);
  if (isFew) await tuneForFew(tx.sql);
  const present = await whatIsThere(context, isFew);
  const isShared = await isRosterShared(context);
  // Who supplies a record to others is a change of the roster, although none of its values is.
  const isEmpty = (await isEmptyPlan(context)) && !(isShared && (await changesScope(context)));
  if (!isEmpty && isShared) await markStale(context);
  if (!isEmpty) await writeRoster(context, present, onEntity);
  if (!isEmpty) await writeKeptNews(context, tx);
  await writeMirror(context, present);
  await writeWithheld(context);
  await writeIssues(context);
  return isEmpty ? lockRevision(tx) : raiseRosterRevision(tx);
}

async function writeRoster(context: Applying, present: Present, onEntity: (entity: LinkEntity, within: number) => void): Promise<void> {
  for (const [index, entity] of linkEntities.entries()) {
    // Memberships are most of a roster.
    onEntity(entity, entity === "membership" ? 0.3 : (0.3 * index) / linkEntities.length);
    for (const action of ["updated", "reactivated"] as const)
      if (present.planned(entity, action)) await updateRecords(context, entity, action);
    if (present.statusChange(entity)) await changeStatus(context, entity);
    if (present.planned(entity, "created")) await createRecords(context, entity);
  }
}

async function createRecords(context: Applying, entity: LinkEntity): Promise<void> {
  const columns = [...Object.keys(identityColumns[entity]), ...Object.keys(rosterColumns[entity].columns)].join(", ");
  await execute(
    context,
    `insert into ${rosterColumns[entity].table} (district_id, id, ${columns})
    select p.district_id, record_id, ${columns}
    from ${context.staging.plan[entity]} p
    where action = 'created'`,
  );
}

async function updateRecords(context: Applying, entity: LinkEntity, action: "updated" | "reactivated"): Promise<void> {
  const columns = Object.keys(rosterColumns[entity].columns);
  const back = `, status = 'active', deactivated_at = null${keepsWhoDeactivated(entity) ? ", deactivated_by = null" : ""}`;
  await execute(
    context,
    `update ${rosterColumns[entity].table} t set
      ${columns.map((column) => `${column} = p.${column}`).join(", ")},
      updated_at = now()${action === "reactivated" ? back : ""}
    from ${context.staging.plan[entity]} p
    where t.district_id = ${context.district} and t.id = p.record_id and p.action = '${action}'`,
  );
}

/** Citus takes now() in an update, but not within a case. */
async function changeStatus(context: Applying, entity: LinkEntity): Promise<void> {
  const by = keepsWhoDeactivated(entity) ? ", deactivated_by = case when s.action = 'deactivated' then 'sync' end" : "";
  await execute(
    context,
    `update ${rosterColumns[entity].table} t set
      status = case when s.action = 'deactivated' then 'deactivated' else 'active' end,
      deactivated_at = case when s.action = 'deactivated' then s.at end,
      updated_at = now()${by}
    from (select s.*, now() as at from ${context.staging.statusChanges} s offset 0) s
    where t.district_id = ${context.district} and t.id = s.record_id and s.entity = '${entity}'`,
  );
}

/** Whether applying the plan would write nothing: neither a record nor a link. */
async function isEmptyPlan(context: Applying): Promise<boolean> {
  const { plan, endedLinks, statusChanges, keptNews } = context.staging;
  const anything = [
    ...linkEntities.map(
      (entity) => `exists (
        select from ${plan[entity]} p
        where action in ('created', 'updated', 'reactivated') or link <> 'kept')`,
    ),
    `exists (select from ${keptNews} n)`,
    `exists (select from ${endedLinks} x)`,
    `exists (select from ${statusChanges} s)`,
  ];
  const [row] = await context.sql.unsafe(`select not (${anything.join(" or ")}) as empty`);
  return row?.empty === true;
}
