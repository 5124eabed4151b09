import { type Collection, collectionOfLinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { execute, type PlanContext, type Writing } from "./plan-context.ts";

/**
 * Notes on links that the SIS no longer lists their record and that they go on, and takes the note away when it does or they end.
 * Part of the transaction that applies. Only what changes is written: while a row without an id stands in the file, the note stays.
 */
export async function markMissing(context: Writing & Pick<PlanContext, "sql">, modes: Readonly<Record<Collection, string>>): Promise<void> {
  const { suspended, endedLinks, plan } = context.staging;
  const isOurs = `l.district_id = ${context.district} and l.integration_id = ${context.integration}`;
  const isIn = (table: string, entity: string) =>
    `l.external_id in (select external_id from ${table}${table === suspended || table === endedLinks ? ` where entity = '${entity}'` : ""})`;
  for (const entity of linkEntities) {
    const mode = modes[collectionOfLinkEntity[entity]];
    if (mode === "absent") continue;
    const isOver = mode === "bulk" ? `not ${isIn(suspended, entity)}` : `(${isIn(plan[entity], entity)} or ${isIn(endedLinks, entity)})`;
    await execute(
      context,
      `update external_links l set missing_since = null where ${isOurs} and l.entity = '${entity}' and l.missing_since is not null and ${isOver}`,
    );
    await execute(
      context,
      `update external_links l set missing_since = now() from ${suspended} s
      where ${isOurs} and l.entity = '${entity}' and s.entity = '${entity}' and l.external_id = s.external_id and l.missing_since is null`,
    );
  }
}
