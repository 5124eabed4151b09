import { asReadColumns, incomingColumns } from "#lib/platform/db/staging.ts";
import { type Collection, collectionOfLinkEntity, collections, linkEntities, linkEntityOfCollection } from "#lib/roster/canonical.ts";
import { keyOf } from "./news.ts";
import { execute, type PlanContext, type Writing } from "./plan-context.ts";

type MirrorContext = Pick<PlanContext, "sql" | keyof Writing>;

/**
 * Brings the mirror to what the SIS said, what became of it and where it leads; part of the transaction that applies. Only rows that
 * change are written.
 */
export async function writeMirror(context: MirrorContext): Promise<void> {
  for (const collection of collections) {
    await endMissing(context, collection);
    await writeAside(context, collection);
    await changeRecords(context, collection);
    await addRecords(context, collection);
  }
}

const isOurs = (context: MirrorContext, collection: Collection) =>
  `m.district_id = ${context.district} and m.integration_id = ${context.integration} and m.collection = '${collection}'`;

/** An incoming record `i` with its plan `p` and, if others keep it from being placed, why: `w`. */
function planned(context: MirrorContext, collection: Collection): string {
  const { incoming, plan, waiting } = context.staging;
  return `${incoming[collection]} i
    left join ${plan[linkEntityOfCollection[collection]]} p on p.external_id = i.external_id
    left join (select external_id, min(reason) as reason from ${waiting} where collection = '${collection}' group by external_id) w
      on w.external_id = i.external_id`;
}

const fate = `case when p.external_id is not null then 'rostered' when w.reason in ('match-takeover', 'withheld') then 'withheld' else 'waiting' end`;
const reason = `case when p.external_id is null then w.reason when p.action = 'merged' then 'enrollment-repeated' end`;

async function addRecords(context: MirrorContext, collection: Collection): Promise<void> {
  const columns = Object.keys(incomingColumns[collection]);
  await execute(
    context,
    `insert into source_records (district_id, integration_id, collection, external_id, hash, fate, reason,
      record_id, matched_by, rostered, linked_at, run_id, source_part, source_position, ${columns.join(", ")})
    select ${context.district}, ${context.integration}, '${collection}', i.external_id, i.hash, ${fate}, ${reason},
      p.record_id, p.matched_by, p.record_id is not null, case when p.record_id is not null then now() end, ${context.run}, i.part, i.position,
      ${columns.map((column) => `i.${column}`).join(", ")}
    from ${planned(context, collection)} where i.said = 'new'`,
  );
}

/** Those that the SIS changed, and those that others changed. */
async function changeRecords(context: MirrorContext, collection: Collection): Promise<void> {
  const content = Object.keys(incomingColumns[collection]).map((column) => `${column} = n.${column}`);
  const blank = Object.keys(asReadColumns).filter((column) => !(column in incomingColumns[collection]));
  const link = `record_id = coalesce(n.record_id, m.record_id), matched_by = coalesce(n.matched_by, m.matched_by),
      rostered = m.rostered or n.record_id is not null,
      linked_at = case when n.record_id is not null and not m.rostered then now() else m.linked_at end,
      ended_at = case when n.record_id is null then m.ended_at end`;
  const from = (said: string) => `(select i.*, p.record_id, p.matched_by, ${fate} as fate, ${reason} as reason
      from ${planned(context, collection)} where i.said = '${said}') n`;
  await execute(
    context,
    `update source_records m set ${[...content, ...blank.map((column) => `${column} = null`)].join(", ")}, hash = n.hash, fate = n.fate, reason = n.reason,
      ${link}, missing_since = null, stale = false, run_id = ${context.run}, source_part = n.part, source_position = n.position, since = now()
    from ${from("changed")} where ${isOurs(context, collection)} and m.external_id = n.external_id`,
  );
  await execute(
    context,
    `update source_records m set fate = n.fate, reason = n.reason, ${link}, stale = false
    from ${from("again")} where ${isOurs(context, collection)} and m.external_id = n.external_id
      and (m.stale or row(m.fate, m.reason) is distinct from row(n.fate, n.reason)
        or n.record_id is not null and (m.record_id is distinct from n.record_id or not m.rostered))`,
  );
}

/** Rows that were read and cannot be used, or are not meant to be. A link that the id has goes on. */
async function writeAside(context: MirrorContext, collection: Collection): Promise<void> {
  const columns = Object.keys(asReadColumns);
  const blank = Object.keys(incomingColumns[collection]).filter((column) => !(column in asReadColumns));
  const rows = (said: string, dispositions: string) => `(select distinct on (1) ${keyOf("s")} as key, s.* from ${context.staging.setAside} s
    where s.collection = '${collection}' and not s.added and s.said = '${said}' and s.disposition in (${dispositions}) order by 1, s.part, s.position) s`;
  await execute(
    context,
    `update source_records m set ${[...columns.map((column) => `${column} = s.${column}`), ...blank.map((column) => `${column} = null`)].join(", ")},
      hash = s.hash, fate = s.disposition, reason = s.reason, missing_since = null, stale = false,
      run_id = ${context.run}, source_part = s.part, source_position = s.position, since = now()
    from ${rows("changed", "'left-out', 'not-rostered'")} where ${isOurs(context, collection)} and m.external_id = s.key`,
  );
  await execute(
    context,
    `insert into source_records (district_id, integration_id, collection, external_id, hash, fate, reason, run_id, source_part, source_position, ${columns.join(", ")})
    select ${context.district}, ${context.integration}, '${collection}', s.key, s.hash, s.disposition, s.reason, ${context.run}, s.part, s.position,
      ${columns.map((column) => `s.${column}`).join(", ")}
    from ${rows("new", "'left-out', 'not-rostered', 'withdrawn'")}`,
  );
}

/**
 * What the SIS has no longer: its link ends, or goes on and is noted as missing, since a row without an id may be it or since it is not
 * known yet whose it is. Rows without an id leave nothing behind.
 */
async function endMissing(context: MirrorContext, collection: Collection): Promise<void> {
  const { setAside, endedLinks, suspended } = context.staging;
  const entity = linkEntityOfCollection[collection];
  await execute(
    context,
    `delete from source_records m using ${setAside} s
    where ${isOurs(context, collection)} and s.collection = '${collection}' and s.disposition = 'missing' and m.external_id = s.external_id
      and m.external_id < chr(2)`,
  );
  await execute(
    context,
    `update source_records m set rostered = false, ended_at = now(), fate = 'withdrawn', reason = null, missing_since = null, stale = false, run_id = ${context.run}
    from ${endedLinks} x where ${isOurs(context, collection)} and x.entity = '${entity}' and m.external_id = x.external_id`,
  );
  await execute(
    context,
    `update source_records m set fate = 'withdrawn', reason = null, missing_since = null, stale = false, run_id = ${context.run}
    from ${setAside} s
    where ${isOurs(context, collection)} and s.collection = '${collection}' and s.said = 'changed' and s.disposition in ('withdrawn', 'missing')
      and m.external_id = s.external_id and not m.rostered and m.fate <> 'withdrawn'`,
  );
  await execute(
    context,
    `update source_records m set missing_since = now(),
      reason = case when exists (select from ${suspended} u where u.entity = '${entity}' and u.external_id = m.external_id) then m.reason else 'withheld' end
    from ${setAside} s
    where ${isOurs(context, collection)} and s.collection = '${collection}' and s.disposition in ('withdrawn', 'missing')
      and m.external_id = s.external_id and m.rostered and m.missing_since is null`,
  );
}

/**
 * Notes on other integrations' rows that the record they lead to was changed: what they say of it is to be planned again. Only where
 * another integration rosters anything.
 */
export async function markStale(context: MirrorContext): Promise<void> {
  const { plan, endedLinks, statusChanges } = context.staging;
  for (const entity of linkEntities) {
    const collection = collectionOfLinkEntity[entity];
    await execute(
      context,
      `update source_records m set stale = true
      where m.district_id = ${context.district} and m.integration_id <> ${context.integration} and m.collection = '${collection}'
        and m.rostered and not m.stale and m.fate in ('rostered', 'waiting', 'withheld')
        and m.record_id in (
          select record_id from ${plan[entity]} where action in ('updated', 'reactivated')
          union select record_id from ${endedLinks} where entity = '${entity}'
          union select record_id from ${statusChanges} where entity = '${entity}'
          union select l.record_id from ${plan[entity]} p join source_records l on l.district_id = ${context.district}
            and l.integration_id = ${context.integration} and l.collection = '${collection}' and l.external_id = p.external_id where p.link = 'moved')`,
    );
  }
}
