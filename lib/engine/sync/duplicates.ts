import { asReadColumns, incomingColumns } from "#lib/platform/db/staging.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import { execute, insertIssues, type PlanContext, type Writing } from "./plan-context.ts";

const entityByCollection: Record<Collection, string> = {
  orgs: "'school'",
  academicSessions: "'term'",
  courses: "'course'",
  classes: "'classroom'",
  users: "role",
  enrollments: "'membership'",
};

/**
 * Makes external ids unique within a collection. The same record twice is used once; one id with different contents,
 * or used by one row and refused, withdrawn or not rostered by another, is used by none and set aside.
 * Returns how many rows are dropped because another says the same. One grouping by id tells whether there is anything to do; the rest touches repeated ids only.
 */
export async function settleDuplicates(context: Pick<PlanContext, "sql" | keyof Writing>, collection: Collection): Promise<number> {
  const read = context.staging.read[collection];
  const setAside = context.staging.readAside;
  const repeatedIds = `
    select external_id from (
      select external_id from ${read}
      union all select external_id from ${setAside} where collection = '${collection}' and external_id is not null
    ) o group by external_id having count(*) > 1`;
  const identifying = Object.keys(incomingColumns[collection]).filter((column) => column in asReadColumns);
  // Grouping 8-byte hashes takes half as long as grouping ids; equal hashes of different ids only cost a second look.
  const [look] = await context.sql.unsafe(`select exists (select from (
      select hashtextextended(external_id, 0) as hash from ${read}
      union all select hashtextextended(external_id, 0) from ${setAside} where collection = '${collection}' and external_id is not null
    ) o group by hash having count(*) > 1) as suspects`);
  if (look?.suspects !== true) return 0;

  // One pass each, whatever is repeated how often: the first of equal rows is found with the grouping, by where it was written.
  await execute(
    context,
    `create temporary table repeated on commit drop as
    select external_id, min(content) = max(content) as is_same, min(at) as first from (
      select external_id, hash::text collate "C" as content, ctid as at from ${read}
      union all select external_id, '!' || disposition, null from ${setAside} where collection = '${collection}'
    ) o where external_id in (${repeatedIds}) group by external_id`,
  );
  await execute(
    context,
    `create temporary table dropped on commit drop as
    with gone as (
      delete from ${read} i using repeated r
      where r.external_id = i.external_id and (not r.is_same or i.ctid <> r.first)
      returning i.external_id, i.part, i.position, i.hash, r.is_same, ${collection === "users" ? "i.role" : entityByCollection[collection]} as entity,
        ${identifying.map((column) => `i.${column}`).join(", ")})
    select * from gone`,
  );
  await execute(
    context,
    `update ${setAside} s set disposition = 'left-out'
    from repeated r where s.collection = '${collection}' and s.external_id = r.external_id and not r.is_same`,
  );
  await execute(
    context,
    `insert into ${setAside} (collection, external_id, disposition, reason, hash, entity, part, position, ${identifying.join(", ")})
    select '${collection}', external_id, 'left-out', 'id-conflict', hash, entity, part, position, ${identifying.join(", ")}
    from dropped where not is_same`,
  );
  // Rows of one id are remembered as one: it is changed when any of them is.
  await execute(
    context,
    `update ${setAside} s set hash = t.hash
    from (
      select external_id, hashtextextended(string_agg(hash::text, ',' order by hash), 0) as hash from ${setAside}
      where collection = '${collection}' and external_id in (select external_id from repeated)
      group by external_id having count(*) > 1) t
    where s.collection = '${collection}' and s.external_id = t.external_id`,
  );
  const reading = { ...context, isReading: true } as const;
  const issue = "select external_id, part, position, 'sourcedId' as field, external_id as value, null::uuid[] as record_ids from dropped";
  const repeated = await insertIssues(reading, "id-duplicate", collection, "the first of the equal rows", `${issue} where is_same`);
  await insertIssues(
    reading,
    "id-conflict",
    collection,
    "none of the rows; the record in Aivo stays as it was",
    `${issue} where not is_same`,
  );
  await execute(context, "drop table repeated, dropped");
  return repeated;
}
