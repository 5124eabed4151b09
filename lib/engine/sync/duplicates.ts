import type { Collection } from "#lib/roster/canonical.ts";
import { execute, insertIssues, type PlanContext, type Writing } from "./plan-context.ts";
import { incomingColumns } from "./staging.ts";

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
export async function settleDuplicates(
  context: Pick<PlanContext, "sql" | "issues" | keyof Writing>,
  collection: Collection,
): Promise<number> {
  const incoming = context.staging.incoming[collection];
  const { setAside } = context.staging;
  const content = `row(${Object.keys(incomingColumns[collection]).join(", ")})::text`;
  const repeatedIds = `
    select external_id from (
      select external_id from ${incoming}
      union all select external_id from ${setAside} where collection = '${collection}' and external_id is not null
    ) o group by external_id having count(*) > 1`;
  // Grouping 8-byte hashes takes half as long as grouping ids; equal hashes of different ids only cost a second look.
  const [look] = await context.sql.unsafe(`select exists (select from (
      select hashtextextended(external_id, 0) as hash from ${incoming}
      union all select hashtextextended(external_id, 0) from ${setAside} where collection = '${collection}' and external_id is not null
    ) o group by hash having count(*) > 1) as suspects`);
  if (look?.suspects !== true) return 0;

  // One pass each, whatever is repeated how often: the first of equal rows is found with the grouping, by where it was written.
  await execute(
    context,
    `create temporary table repeated on commit drop as
    select external_id, min(content) = max(content) as is_same, min(at) as first from (
      select external_id, ${content} collate "C" as content, ctid as at from ${incoming}
      union all select external_id, '!' || disposition, null from ${setAside} where collection = '${collection}'
    ) o where external_id in (${repeatedIds}) group by external_id`,
  );
  await execute(
    context,
    `create temporary table dropped on commit drop as
    with gone as (
      delete from ${incoming} i using repeated r
      where r.external_id = i.external_id and (not r.is_same or i.ctid <> r.first)
      returning i.external_id, i.part, i.position, r.is_same, ${collection === "users" ? "i.role" : entityByCollection[collection]} as entity)
    select * from gone`,
  );
  await execute(
    context,
    `update ${setAside} s set disposition = 'left-out'
    from repeated r where s.collection = '${collection}' and s.external_id = r.external_id and not r.is_same`,
  );
  await execute(
    context,
    `insert into ${setAside} (collection, external_id, disposition, entity, part, position)
    select '${collection}', external_id, 'left-out', entity, part, position from dropped where not is_same`,
  );
  const issue = "select external_id, part, position, 'sourcedId' as field, external_id as value, null::uuid[] as record_ids from dropped";
  const repeated = await insertIssues(context, "id-duplicate", collection, "the first of the equal rows", `${issue} where is_same`);
  await insertIssues(
    context,
    "id-conflict",
    collection,
    "none of the rows; the record in Aivo stays as it was",
    `${issue} where not is_same`,
  );
  await execute(context, "drop table repeated, dropped");
  return repeated;
}
