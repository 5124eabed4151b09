import { type Collection, collectionOfLinkEntity, collections, linkEntities } from "#lib/roster/canonical.ts";
import { noRows, type RowsByCollection } from "#lib/roster/row-totals.ts";
import { becameOf } from "./changes.ts";
import type { SameRows } from "./news.ts";
import type { PlanContext } from "./plan-context.ts";

/** Counts what became of every row that was read. `read` and `repeated` are what staging and settling counted. */
export async function countRows(
  context: PlanContext,
  read: Partial<Record<Collection, number>>,
  repeated: Partial<Record<Collection, number>>,
  same: readonly SameRows[],
): Promise<RowsByCollection> {
  const { plan, setAside } = context.staging;
  const wasRead = (collection: Collection) =>
    `exists (select from ${context.staging.read[collection]} r where r.external_id = i.external_id)`;
  // Of a full read whoever is taken up again was read, too.
  const again = context.isFirst ? [] : collections.filter((collection) => context.modes[collection] === "delta");
  const rows = await context.sql.unsafe<{ collection: Collection; fate: string; count: number }[]>(
    [
      ...linkEntities.map(
        (entity) => `select
          '${collectionOfLinkEntity[entity]}' as collection,
          case
            when action = 'merged' then 'repeated'
            when action = 'unchanged' and link = 'new' then 'linked'
            else action
          end as fate,
          count(*)::int
        from ${plan[entity]} p
        group by 1, 2`,
      ),
      `select
          collection,
          case disposition
            when 'left-out' then 'skipped'
            when 'not-rostered' then 'notRostered'
            when 'out-of-scope' then 'outOfScope'
            else disposition
          end,
          count(*)::int
        from ${setAside} s
        where disposition <> 'missing'
        group by 1, 2`,
      ...(context.apart === null
        ? []
        : [
            `select
          'roles',
          case standing
            when 'not-rostered' then 'notRostered'
            when 'waiting' then 'skipped'
            else case said when 'new' then 'created' when 'changed' then 'updated' else 'unchanged' end
          end,
          count(*)::int
        from ${context.all.roles} r
        group by 2`,
          ]),
      ...again.map(
        (collection) => `select '${collection}', 'again', count(*)::int
        from ${context.all[collection]} i
        where i.said = 'again' and not ${wasRead(collection)}`,
      ),
    ].join(" union all "),
  );
  const totals = collections.flatMap((collection) => {
    if (context.modes[collection] === "absent") return [];
    const counts: Record<string, number> = { ...noRows, read: read[collection] ?? 0, repeated: repeated[collection] ?? 0 };
    const left = same.map((row) => ({ ...row, fate: becameOf(row) }));
    for (const row of [...rows, ...left]) if (row.collection === collection) counts[row.fate] = (counts[row.fate] ?? 0) + row.count;
    return [[collection, counts] as const];
  });
  return Object.fromEntries(totals) as RowsByCollection;
}
