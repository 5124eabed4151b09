import type { Database } from "#lib/platform/db/client.ts";
import { incomingColumns, type Staging, tableOf } from "#lib/platform/db/staging.ts";
import { asReadColumns } from "#lib/platform/db/staging-columns.ts";
import { type Collection, collections } from "#lib/roster/canonical.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import { asBigint } from "./content-hash.ts";
import { arrayLiteral, entityOfRecord, execute, mirrorOf, type PlanContext, type Working } from "./plan-context.ts";
import type { Sifted } from "./sieve.ts";
import type { Staged } from "./stage.ts";

/** Whether the integration's mirror has nothing yet: then whatever was read is new. */
export async function isMirrorEmpty(db: Database, run: { readonly districtId: string; readonly integrationId: string }): Promise<boolean> {
  const [row] = await db.sql<{ found: boolean }[]>`
    select exists (
      select from source_records
      where district_id = ${run.districtId} and integration_id = ${run.integrationId}) as found`;
  return row?.found !== true;
}

type NewsContext = Pick<PlanContext, "sql" | keyof Working>;

/**
 * Compares what was staged with the mirror, by hash, and copies what is new or changed to what is planned. Of a
 * collection that was read in full, what the mirror has and the read has not is added as missing.
 */
export async function findNews(
  context: NewsContext,
  modes: Readonly<Record<Collection, ReadMode>>,
  { staged, sifted }: Pick<Staged, "staged" | "sifted">,
): Promise<void> {
  for (const collection of collections) {
    if (modes[collection] === "absent") continue;
    const { count, isFew } = staged.of(collection);
    if (count > 0) {
      const mirror = isFew ? mirrorOfStaged(context, collection) : mirrorOf(context, collection);
      await findNewRecords(context, collection, mirror);
      await findNewAside(context, collection, mirror);
    }
    const held = sifted[collection];
    if (modes[collection] !== "bulk" || (held && held.unmet + held.others === 0)) continue;
    await findMissing(context, collection, held ? mayBeMissing(context, collection, held) : mirrorOf(context, collection));
  }
}

/** What the mirror calls the rows that were staged, as a query. */
export function stagedKeys(staging: Staging, collection: Collection): string {
  return `
      select external_id from ${staging.read[collection]} r
      union all
      select ${keyOf("a")} from ${staging.readAside} a where a.collection = '${collection}'`;
}

/** Of the mirror what goes by the ids that were staged, each looked up. */
function mirrorOfStaged(context: NewsContext, collection: Collection): string {
  return `(
      select * from ${mirrorOf(context, collection)} m
      where external_id = any (array(${stagedKeys(context.staging, collection)})))`;
}

/** One that came back, or that was missing, is news although it says what it said before. */
const isBack = "m.fate = 'withdrawn' or m.missing_since is not null";

async function findNewRecords(context: NewsContext, collection: Collection, mirror: string): Promise<void> {
  const { read, incoming } = context.staging;
  const columns = ["external_id", "part", "position", "hash", ...Object.keys(incomingColumns[collection])];
  await execute(
    context,
    `insert into ${tableOf(incoming[collection])} (${columns.join(", ")}, said)
    select
      ${columns.map((column) => `r.${column}`).join(", ")},
      case when m.external_id is null then 'new' else 'changed' end
    from ${read[collection]} r
    left join ${mirror} m on m.external_id = r.external_id
    where m.hash is distinct from r.hash
      or ${isBack}`,
  );
}

/** Rows without an id are always planned with: who is missing may be one of them. */
async function findNewAside(context: NewsContext, collection: Collection, mirror: string): Promise<void> {
  const { readAside, setAside } = context.staging;
  const columns = [...asideColumns, ...Object.keys(asReadColumns)];
  await execute(
    context,
    `insert into ${tableOf(setAside)} (${columns.join(", ")}, said)
    select
      ${columns.map((column) => `r.${column}`).join(", ")},
      case
        when m.external_id is null then 'new'
        when ${isNews} then 'changed'
        else 'same'
      end
    from ${readAside} r
    left join ${mirror} m on m.external_id = ${keyOf("r")}
    where r.collection = '${collection}'
      and (r.external_id is null
        or m.external_id is null
        or ${isNews})`,
  );
}

const asideColumns = ["collection", "external_id", "disposition", "reason", "hash", "entity", "part", "position", "clues"];
const isNews = `case r.disposition
          when 'withdrawn' then m.fate <> 'withdrawn'
          else m.hash is distinct from r.hash or ${isBack}
        end`;

/** What the mirror calls a row that is not used: by its id, or else by what it says. */
export function keyOf(alias: string): string {
  return `coalesce(${alias}.external_id, chr(1) || ${alias}.hash)`;
}

/** Adds the rows of `mirror` that the read has neither among what is used nor among what is not. */
async function findMissing(context: NewsContext, collection: Collection, mirror: string): Promise<void> {
  const { read, readAside, setAside } = context.staging;
  await execute(
    context,
    `insert into ${tableOf(setAside)} (collection, external_id, disposition, entity, part, position, said)
    select
      '${collection}',
      m.external_id,
      'missing',
      ${entityOfRecord(collection, "m")},
      coalesce(m.source_part, ''),
      coalesce(m.source_position, 0),
      'changed'
    from ${mirror} m
    left join ${read[collection]} r on r.external_id = m.external_id
    left join (
      select distinct ${keyOf("a")} as key from ${readAside} a
      where a.collection = '${collection}') a on a.key = m.external_id
    where m.fate <> 'withdrawn'
      and r.external_id is null
      and a.key is null`,
  );
}

/**
 * Of a collection that was sifted, the rows of the mirror that were not met by their hash, and those that are not known
 * by one. Few are looked up where they lay when the read began; where others have moved one meanwhile, by their hashes.
 */
function mayBeMissing(context: NewsContext, collection: Collection, held: Sifted): string {
  const ways: string[] = [];
  if (held.unmetRows === null)
    ways.push(`m.hash in (
          select hash from ${context.staging.unmet} u
          where collection = '${collection}')`);
  else if (held.unmet > 0) {
    const places = arrayLiteral(
      "tid",
      held.unmetRows.map(({ at }) => at),
    );
    const hashes = arrayLiteral(
      "bigint",
      held.unmetRows.map(({ hash }) => asBigint(hash)),
    );
    const isThere = `m.ctid = any(${places}) and m.hash = any(${hashes})`;
    // In the same statement, which sees the mirror as it is at one moment.
    const isElsewhere = `(select count(*) from ${mirrorWhere(context, collection, isThere)} m) < ${held.unmet}`;
    ways.push(isThere, `${isElsewhere} and m.hash = any(${hashes}) and m.ctid <> all(${places})`);
  }
  if (held.others > held.withoutHash) {
    ways.push("m.missing_since is not null and m.hash is not null");
    ways.push("m.external_id < chr(2) and m.missing_since is null and m.hash is not null");
  }
  if (held.withoutHash > 0) ways.push("m.hash is null");
  return `(${ways.map((way) => `select * from ${mirrorWhere(context, collection, way)} m`).join(" union all ")})`;
}

function mirrorWhere(context: NewsContext, collection: Collection, which: string): string {
  return `(
      select * from source_records m
      where m.district_id = ${context.district}
        and m.integration_id = ${context.integration}
        and m.collection = '${collection}'
        and ${which})`;
}

export interface SameRows {
  readonly collection: Collection;
  readonly fate: string;
  readonly reason: string | null;
  readonly entity: string;
  readonly count: number;
}

/**
 * Counts the rows that were read, say what they said before, and are not planned again: by what became of them then.
 */
export async function countSame(context: PlanContext): Promise<readonly SameRows[]> {
  if (context.isFirst) return [];
  const { read, readAside, incoming, setAside } = context.staging;
  const wereRead = collections.filter((collection) => context.modes[collection] !== "absent");
  const isNotPlanned = (collection: Collection) =>
    `not exists (select from ${incoming[collection]} i where i.external_id = r.external_id)
        and not exists (
          select from ${setAside} s
          where s.collection = '${collection}' and s.external_id = r.external_id)`;
  const statements = wereRead.flatMap((collection) => {
    const became = `select
        '${collection}' as collection,
        m.fate,
        m.reason,
        ${entityOfRecord(collection, "m")} as entity`;
    const mirror = mirrorOf(context, collection);
    return [
      `${became}, count(*)::int as count
      from ${read[collection]} r
      join ${mirror} m on m.external_id = r.external_id
      where ${isNotPlanned(collection)}
      group by 2, 3, 4`,
      `select '${collection}', r.disposition, null, r.entity, count(*)::int
      from ${readAside} r
      where r.collection = '${collection}' and r.external_id is not null and ${isNotPlanned(collection)}
      group by 2, 4`,
      // Those that were held back and are planned again all the same.
      ...(context.sifted[collection] === undefined
        ? []
        : [
            `${became}, -count(*)::int
      from ${context.all[collection]} i
      join ${mirror} m on m.external_id = i.external_id
      where i.said = 'again'
        and not exists (select from ${read[collection]} r where r.external_id = i.external_id)
      group by 2, 3, 4`,
          ]),
    ];
  });
  const rows = statements.length === 0 ? [] : await context.sql.unsafe<SameRows[]>(statements.join(" union all "));
  return [...Object.values(context.sifted).flatMap(({ same }) => same), ...rows];
}
