import { clearing, incomingColumns, isOwn, tableOf } from "#lib/platform/db/staging.ts";
import { asReadColumns } from "#lib/platform/db/staging-columns.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import { byInsert, entityOfRecord, execute, insertIssues, type PlanContext, type Working } from "./plan-context.ts";
import { fill } from "./work.ts";

/**
 * Makes external ids unique within a collection. The same record twice is used once; one id with different contents,
 * or used by one row and refused, withdrawn or not rostered by another, is used by none and set aside.
 * Returns how many rows are dropped because another says the same. One grouping by id tells whether there is anything
 * to do; the rest touches repeated ids only.
 */
export async function settleDuplicates(context: Pick<PlanContext, "sql" | keyof Working>, collection: Collection): Promise<number> {
  const read = context.staging.read[collection];
  const setAside = context.staging.readAside;
  const repeatedly = `
    select external_id from (
      select external_id from ${read} r
      union all
      select external_id from ${setAside} s
      where collection = '${collection}' and external_id is not null
    ) o
    group by external_id
    having count(*) > 1`;
  const identifying = Object.keys(incomingColumns[collection]).filter((column) => column in asReadColumns);
  // Grouping 8-byte hashes takes half as long as grouping ids; equal hashes of different ids only cost a second look.
  const [suspicion] = await context.sql.unsafe(`
    select exists (
      select from (
        select hashtextextended(external_id, 0) as hash from ${read} r
        union all
        select hashtextextended(external_id, 0) from ${setAside} s
        where collection = '${collection}' and external_id is not null
      ) o
      group by hash
      having count(*) > 1) as suspects`);
  if (suspicion?.suspects !== true) return 0;

  // One pass each, whatever is repeated how often: the first of equal rows is found with the grouping, by where it was
  // written.
  const { repeatedIds: repeated, droppedRows: dropped } = context.staging.work;
  await fill(
    context,
    "repeatedIds",
    `select external_id, min(content) = max(content) as is_same, min(at) as first
    from (
      select external_id, hash::text collate "C" as content, ctid as at from ${tableOf(read)} r
      where ${isOwn(context.staging, "r")}
      union all
      select external_id, '!' || disposition, null from ${setAside} s where collection = '${collection}'
    ) o
    where external_id in (${repeatedly})
    group by external_id`,
  );
  await execute(context, clearing(context.staging, dropped));
  // Of equal rows all but the first are taken out of what was read, of different ones all.
  await execute(
    context,
    `with gone as (
      delete from ${tableOf(read)} i
      using ${repeated} r
      where ${isOwn(context.staging, "i")}
        and r.external_id = i.external_id
        and (not r.is_same or i.ctid <> r.first)
      returning
        i.external_id,
        i.part,
        i.position,
        i.hash,
        r.is_same,
        ${entityOfRecord(collection, "i")} as entity,
        ${identifying.map((column) => `i.${column}`).join(", ")})
    insert into ${tableOf(dropped)} (external_id, part, position, hash, is_same, entity, ${identifying.join(", ")})
    select * from gone
    ${byInsert}`,
  );
  await execute(
    context,
    `update ${tableOf(setAside)} s set disposition = 'left-out'
    from ${repeated} r
    where ${isOwn(context.staging, "s")}
      and s.collection = '${collection}'
      and s.external_id = r.external_id
      and not r.is_same`,
  );
  await execute(
    context,
    `insert into ${tableOf(setAside)} (collection, external_id, disposition, reason, hash, entity, part, position,
      ${identifying.join(", ")})
    select '${collection}', external_id, 'left-out', 'id-conflict', hash, entity, part, position,
      ${identifying.join(", ")}
    from ${dropped} d
    where not is_same`,
  );
  // Rows of one id are remembered as one: it is changed when any of them is.
  await execute(
    context,
    `update ${tableOf(setAside)} s set hash = t.hash
    from (
      select external_id, hashtextextended(string_agg(hash::text, ',' order by hash), 0) as hash
      from ${setAside} s
      where collection = '${collection}'
        and external_id in (select external_id from ${repeated} r)
      group by external_id
      having count(*) > 1) t
    where ${isOwn(context.staging, "s")} and s.collection = '${collection}' and s.external_id = t.external_id`,
  );
  const reading = { ...context, isReading: true } as const;
  const issue = `select external_id, part, position,
      'sourcedId' as field, external_id as value, null::uuid[] as record_ids
    from ${dropped} d`;
  const count = await insertIssues(reading, "id-duplicate", collection, "the first of the equal rows", `${issue} where is_same`);
  await insertIssues(
    reading,
    "id-conflict",
    collection,
    "none of the rows; the record in Aivo stays as it was",
    `${issue} where not is_same`,
  );
  return count;
}
