import type { Database } from "#lib/platform/db/client.ts";
import { asReadColumns, incomingColumns } from "#lib/platform/db/staging.ts";
import { type Collection, collections } from "#lib/roster/canonical.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import { entityOfRecord, execute, mirrorOf, type PlanContext, type Writing } from "./plan-context.ts";

/** Whether the integration's mirror has nothing yet: then whatever was read is new. */
export async function isMirrorEmpty(db: Database, run: { readonly districtId: string; readonly integrationId: string }): Promise<boolean> {
  const [row] = await db.sql<{ found: boolean }[]>`select exists (
    select from source_records where district_id = ${run.districtId} and integration_id = ${run.integrationId}) as found`;
  return row?.found !== true;
}

type NewsContext = Pick<PlanContext, "sql" | keyof Writing>;

/**
 * Compares what was read with the mirror, by hash, and copies what is new or changed to what is planned. Of a collection that was
 * read in full, what the mirror has and the read has not is added as missing.
 */
export async function findNews(context: NewsContext, modes: Readonly<Record<Collection, ReadMode>>): Promise<void> {
  for (const collection of collections) {
    if (modes[collection] === "absent") continue;
    await findNewRecords(context, collection);
    await findNewAside(context, collection);
    if (modes[collection] === "bulk") await findMissing(context, collection);
  }
}

/** One that came back, or that was missing, is news although it says what it said before. */
const isBack = "m.fate = 'withdrawn' or m.missing_since is not null";

async function findNewRecords(context: NewsContext, collection: Collection): Promise<void> {
  const { read, incoming } = context.staging;
  const columns = ["external_id", "part", "position", "hash", ...Object.keys(incomingColumns[collection])];
  await execute(
    context,
    `insert into ${incoming[collection]} (${columns.join(", ")}, said)
    select ${columns.map((column) => `r.${column}`).join(", ")}, case when m.external_id is null then 'new' else 'changed' end
    from ${read[collection]} r
    left join ${mirrorOf(context, collection)} m on m.external_id = r.external_id
    where m.hash is distinct from r.hash or ${isBack}`,
  );
}

/** Rows without an id are always planned with: who is missing may be one of them. */
async function findNewAside(context: NewsContext, collection: Collection): Promise<void> {
  const { readAside, setAside } = context.staging;
  const columns = [...asideColumns, ...Object.keys(asReadColumns)];
  await execute(
    context,
    `insert into ${setAside} (${columns.join(", ")}, said)
    select ${columns.map((column) => `r.${column}`).join(", ")},
      case when m.external_id is null then 'new' when ${isNews} then 'changed' else 'same' end
    from ${readAside} r
    left join ${mirrorOf(context, collection)} m on m.external_id = ${keyOf("r")}
    where r.collection = '${collection}' and (r.external_id is null or m.external_id is null or ${isNews})`,
  );
}

const asideColumns = ["collection", "external_id", "disposition", "reason", "hash", "entity", "part", "position", "clues"];
const isNews = `case r.disposition when 'withdrawn' then m.fate <> 'withdrawn' else m.hash is distinct from r.hash or ${isBack} end`;

/** What the mirror calls a row that is not used: by its id, or else by what it says. */
export function keyOf(alias: string): string {
  return `coalesce(${alias}.external_id, chr(1) || ${alias}.hash)`;
}

async function findMissing(context: NewsContext, collection: Collection): Promise<void> {
  const { read, readAside, setAside } = context.staging;
  await execute(
    context,
    `insert into ${setAside} (collection, external_id, disposition, entity, part, position, said)
    select '${collection}', m.external_id, 'missing', ${entityOfRecord(collection, "m")}, coalesce(m.source_part, ''), coalesce(m.source_position, 0), 'changed'
    from ${mirrorOf(context, collection)} m
    left join ${read[collection]} r on r.external_id = m.external_id
    left join (select distinct ${keyOf("a")} as key from ${readAside} a where a.collection = '${collection}') a on a.key = m.external_id
    where m.fate <> 'withdrawn' and r.external_id is null and a.key is null`,
  );
}

export interface SameRows {
  readonly collection: Collection;
  readonly fate: string;
  readonly reason: string | null;
  readonly entity: string;
  readonly count: number;
}

/** Counts the rows that were read, say what they said before, and are not planned again: by what became of them then. */
export async function countSame(context: PlanContext): Promise<readonly SameRows[]> {
  if (context.isFirst) return [];
  const { read, readAside, incoming, setAside } = context.staging;
  const wereRead = collections.filter((collection) => context.modes[collection] !== "absent");
  const isPlanned = (collection: Collection) =>
    `not exists (select from ${incoming[collection]} i where i.external_id = r.external_id)
      and not exists (select from ${setAside} s where s.collection = '${collection}' and s.external_id = r.external_id)`;
  const statements = wereRead.flatMap((collection) => [
    `select '${collection}' as collection, m.fate, m.reason, ${entityOfRecord(collection, "m")} as entity, count(*)::int
      from ${read[collection]} r join ${mirrorOf(context, collection)} m on m.external_id = r.external_id
      where ${isPlanned(collection)} group by 2, 3, 4`,
    `select '${collection}', r.disposition, null, r.entity, count(*)::int from ${readAside} r
      where r.collection = '${collection}' and r.external_id is not null and ${isPlanned(collection)} group by 2, 4`,
  ]);
  return statements.length === 0 ? [] : context.sql.unsafe<SameRows[]>(statements.join(" union all "));
}
