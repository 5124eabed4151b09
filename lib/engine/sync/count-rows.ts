import { type Collection, collectionOfLinkEntity, collections, linkEntities } from "#lib/roster/canonical.ts";
import { noRows, type RowsByCollection } from "#lib/roster/row-totals.ts";
import type { PlanContext } from "./plan-context.ts";

/** Counts what became of every row that was read. `read` and `repeated` are what staging and settling counted. */
export async function countRows(
  context: PlanContext,
  read: Partial<Record<Collection, number>>,
  repeated: Partial<Record<Collection, number>>,
): Promise<RowsByCollection> {
  const { plan, setAside, incoming } = context.staging;
  const rows = await context.sql.unsafe<{ collection: Collection; fate: string; count: number }[]>(
    [
      ...linkEntities.map(
        (entity) => `select '${collectionOfLinkEntity[entity]}' as collection,
          case when action = 'merged' then 'repeated' when action = 'unchanged' and link = 'new' then 'linked' else action end as fate, count(*)::int
          from ${plan[entity]} group by 1, 2`,
      ),
      `select collection, case disposition when 'left-out' then 'skipped' when 'not-rostered' then 'notRostered' else disposition end, count(*)::int
       from ${setAside} group by 1, 2`,
      ...collections.map((collection) => `select '${collection}', 'again', count(*)::int from ${incoming[collection]} where added`),
    ].join(" union all "),
  );
  const totals = collections.flatMap((collection) => {
    if (context.modes[collection] === "absent") return [];
    const counts: Record<string, number> = { ...noRows, read: read[collection] ?? 0, repeated: repeated[collection] ?? 0 };
    for (const row of rows) if (row.collection === collection) counts[row.fate] = (counts[row.fate] ?? 0) + row.count;
    return [[collection, counts] as const];
  });
  return Object.fromEntries(totals) as RowsByCollection;
}
