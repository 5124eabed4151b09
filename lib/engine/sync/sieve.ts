import { incomingColumns, tableOf } from "#lib/platform/db/staging.ts";
import { asReadColumns } from "#lib/platform/db/staging-columns.ts";
import { withStaging } from "#lib/platform/db/staging-pool.ts";
import { type Collection, collections } from "#lib/roster/canonical.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import { asBigint, type ContentHash } from "./content-hash.ts";
import { copyRow } from "./copy.ts";
import { type KnownParts, type Passed, parts, RowsInParts, type StagedRow, WholeRows } from "./known-parts.ts";
import type { KnownCount, KnownGroup, Sighting, Unmet } from "./known-rows.ts";
import { type SameRows, stagedKeys } from "./news.ts";
import { entityOf, few, tuneForSets } from "./plan-context.ts";
import { SieveFiles } from "./sieve-files.ts";
import type { StagedRows } from "./staged-rows.ts";
import { type CopyTarget, openCopy } from "./staging-copy.ts";

/**
 * Of so many rows of an integration's mirror the hashes are held in memory while everything is read, 31 bytes for each at worst. Of more
 * they lie on disk, in parts that are held one at a time; more than sixteen times as many are compared by the database alone.
 */
export const mostKnown = 1_000_000;

/** What is known of a collection that was read in full beside what is staged. */
export interface Sifted {
  /** Rows that were read, say what the mirror has and are staged nowhere, by what became of them. */
  readonly same: readonly SameRows[];
  /** The mirror's rows that were not met, which are those that are missing and those that say something else now. */
  readonly unmet: number;
  /** Which they are; null: more than few, and in the table of those. */
  readonly unmetRows: readonly Unmet[] | null;
  /** How many more rows of the mirror may be missing: of those that are not known by a hash. */
  readonly others: number;
  /** How many of these have no hash. */
  readonly withoutHash: number;
}
export type SiftedRows = Partial<Record<Collection, Sifted>>;

interface SieveTarget extends CopyTarget {
  readonly integrationId: string;
}

/**
 * What became of a row of the mirror, as far as it tells what becomes of it when it is the same; the number is its kind
 * in memory.
 */
const fates = ["rostered", "repeated", "waiting", "withheld", "left-out", "not-rostered", "out-of-scope"];

/** Rows of one part of a collection that one thing became of. */
interface MirrorRow {
  readonly collection: Collection;
  readonly fate: string;
  readonly part: number;
  readonly count: number;
  /** Of each its hash and where it lies. */
  readonly rows: Uint8Array;
}

interface Others {
  /** Rows that are not known by their hash. */
  others: number;
  withoutHash: number;
}

/** Where the rows lie of which a mirror has more than can be held in memory, and how many that is. */
export interface SieveOptions {
  /** A folder of the run's own; null: the database compares them. */
  readonly directory: string | null;
  readonly most?: number | undefined;
}

/** Whether what the mirror says of a row is told later: it is held until then. */
export const later = Symbol("later");

/**
 * Holds back, of what is read in full, the rows that say what the mirror has: a district that hardly changed costs the
 * database hardly anything. What passes is compared there as if everything had been staged: it brings the mirror's row
 * of its id along where that was read as well, and the hashes that nothing was read of.
 */
export class Sieve {
  readonly #target: SieveTarget;
  readonly #known: ReadonlyMap<Collection, WholeRows | RowsInParts>;
  readonly #others: ReadonlyMap<Collection, Others>;
  readonly #files: SieveFiles | null;

  private constructor(
    target: SieveTarget,
    known: ReadonlyMap<Collection, WholeRows | RowsInParts>,
    others: ReadonlyMap<Collection, Others>,
    files: SieveFiles | null,
  ) {
    this.#target = target;
    this.#known = known;
    this.#others = others;
    this.#files = files;
  }

  /** Null where the mirror has nothing, or too many rows. One look through it, for all collections; two, where it has many. */
  static async over(
    target: SieveTarget,
    modes: Readonly<Record<Collection, ReadMode>>,
    { directory, most = mostKnown }: SieveOptions,
  ): Promise<Sieve | null> {
    const inFull = collections.filter((collection) => modes[collection] === "bulk");
    if (inFull.length === 0 || most === 0) return null;
    const rows = await mirrorRows(target, inFull, most);
    const count = rows.reduce((sum, row) => sum + row.count, 0);
    if (count === 0) return null;
    if (count > most) return directory === null ? null : Sieve.#inParts(target, inFull, most * parts, directory);
    const groups = new Map<Collection, KnownGroup[]>();
    const others = new Map<Collection, Others>();
    for (const row of rows) {
      const kind = kindOf(row, others);
      const group = groups.get(row.collection) ?? [];
      groups.set(row.collection, group);
      if (kind !== null) group.push({ kind, rows: row.rows });
    }
    const known = new Map([...groups].map(([collection, group]) => [collection, new WholeRows(group)]));
    return new Sieve(target, known, others, null);
  }

  /** The rows go to disk one answer after the other. */
  static async #inParts(target: SieveTarget, inFull: readonly Collection[], most: number, directory: string): Promise<Sieve | null> {
    const files = await SieveFiles.in(directory);
    const known = new Map<Collection, RowsInParts>();
    const others = new Map<Collection, Others>();
    let count = 0;
    for await (const [row] of mirrorRows(target, inFull, most).cursor(1)) {
      if (row === undefined) continue;
      count += row.count;
      const rows = known.get(row.collection) ?? new RowsInParts(row.collection, files);
      known.set(row.collection, rows);
      const kind = kindOf(row, others);
      if (kind !== null) await rows.add({ kind, rows: row.rows }, row.part);
    }
    if (count <= most) return new Sieve(target, known, others, files);
    await files.end();
    return null;
  }

  /** Where a row that was read is to be staged; `later`: that is told once all are read, and it is to be held until then. */
  meet(collection: Collection, hash: ContentHash, met: Sighting): readonly Sighting[] | typeof later {
    const known = this.#known.get(collection);
    if (known === undefined) return [met];
    return known instanceof WholeRows ? known.rows.meet(hash, met) : later;
  }

  hold(collection: Collection, row: StagedRow, hash: ContentHash, met: Sighting): void {
    const known = this.#known.get(collection);
    if (!(known instanceof RowsInParts)) throw new RangeError(`No row of ${collection} is held`);
    known.hold(row, hash, met);
  }

  /** Between batches: what is held goes to disk. */
  async flush(): Promise<void> {
    await this.#files?.flush();
  }

  /** Once everything is read: of the rows that were held those that are to be staged. */
  async *passed(): AsyncGenerator<{ readonly collection: Collection; readonly rows: readonly Passed[] }> {
    for (const [collection, known] of this.#known) {
      if (known instanceof RowsInParts) for await (const rows of known.passed()) yield { collection, rows };
    }
  }

  /** Once everything is read and staged: adds what goes with it, and tells what was held back. */
  async end(staged: StagedRows): Promise<SiftedRows> {
    const sifted: SiftedRows = {};
    for (const collection of collections) {
      const known = this.#known.get(collection);
      if (known === undefined) continue;
      if (staged.of(collection).count > 0) staged.add(collection, await this.#bringAlong(collection, known, staged));
      const unmet = await this.#noteUnmet(collection, known);
      const same: KnownCount[] = [];
      await known.each((rows) => {
        same.push(...rows.countSame());
      });
      const told = same.map(({ kind, isTeacher, count }): SameRows => {
        const fate = fates[kind] ?? "";
        const became = fate === "repeated" ? { fate: "rostered", reason: "enrollment-repeated" } : { fate, reason: null };
        return { collection, ...became, entity: entityOf(collection, isTeacher), count };
      });
      sifted[collection] = { same: told, ...unmet, ...(this.#others.get(collection) ?? noOthers) };
    }
    await this.#files?.end();
    return sifted;
  }

  /** One id with two contents, of which the mirror has one: that row is staged, too. Returns how many there are. */
  async #bringAlong(collection: Collection, known: KnownParts, staged: StagedRows): Promise<number> {
    const { sql, staging, integrationId } = this.#target;
    const { districtId } = staging;
    const keys = stagedKeys(staging, collection);
    const ids = staged.of(collection).isFew ? `= any (array(${keys}))` : `in (${keys})`;
    const mirror = `source_records m
        where m.district_id = $1
          and m.integration_id = $2
          and m.collection = '${collection}'
          and m.fate <> 'withdrawn'
          and m.missing_since is null
          and m.external_id ${ids}`;
    return withStaging(sql, staging, async (tx) => {
      await tuneForSets(tx);
      const found = new Map<string, Sighting>();
      const hashes = tx
        .unsafe<{ part: number; hashes: Uint8Array }[]>(
          `select (m.hash & ${parts - 1})::int as part, string_agg(int8send(m.hash), '') as hashes
          from ${mirror} and m.hash is not null
          group by 1`,
          [districtId, integrationId],
        )
        .cursor(1);
      for await (const [row] of hashes) {
        await known.change(row?.part ?? 0, (rows) => {
          for (const hash of hashesIn(row?.hashes ?? new Uint8Array())) {
            const met = rows.takeBack(hash);
            if (met !== null) found.set(asBigint(hash), met);
          }
        });
      }
      if (found.size === 0) return 0;
      const met = [...found.values()];
      const values = [
        districtId,
        integrationId,
        [...found.keys()],
        met.map(({ place }) => place.part),
        met.map(({ place }) => place.position),
        met.map(({ isTeacher }) => entityOf(collection, isTeacher)),
      ];
      const joined = `unnest($3::text[], $4::text[], $5::int[], $6::text[]) f (hash, part, position, entity)
        join (select * from ${mirror}) m on m.hash = f.hash::bigint`;
      const content = Object.keys(incomingColumns[collection]);
      const read = await tx.unsafe(
        `insert into ${tableOf(staging.read[collection])} (external_id, part, position, hash, ${content.join(", ")})
        select m.external_id, f.part, f.position, m.hash, ${content.map((column) => `m.${column}`).join(", ")}
        from ${joined}
        where m.fate in ('rostered', 'waiting', 'withheld', 'out-of-scope')`,
        values,
      );
      const asRead = Object.keys(asReadColumns);
      const aside = await tx.unsafe(
        `insert into ${tableOf(staging.readAside)} (collection, external_id, disposition, reason, hash, entity, part,
          position,
          ${asRead.join(", ")})
        select '${collection}', m.external_id, m.fate, m.reason, m.hash, f.entity, f.part, f.position,
          ${asRead.map((column) => `m.${column}`).join(", ")}
        from ${joined}
        where m.fate in ('left-out', 'not-rostered')`,
        values,
      );
      return read.count + aside.count;
    });
  }

  /** Few are remembered, more are written to a table. */
  async #noteUnmet(collection: Collection, known: KnownParts): Promise<Pick<Sifted, "unmet" | "unmetRows">> {
    const first: Unmet[] = [];
    await known.each((rows) => {
      for (const unmet of rows.unmet()) if (first.length > few || first.push(unmet) > few) return;
    });
    if (first.length > few) return { unmet: await this.#writeUnmet(collection, known), unmetRows: null };
    return { unmet: first.length, unmetRows: first };
  }

  async #writeUnmet(collection: Collection, known: KnownParts): Promise<number> {
    const stream = await openCopy(this.#target, this.#target.staging.unmet, ["collection", "hash"]);
    let count = 0;
    let text = "";
    await known.each(async (rows) => {
      for (const { hash } of rows.unmet()) {
        count++;
        text += copyRow([collection, asBigint(hash)]);
        if (text.length < writeAtOnce) continue;
        await stream.write(text);
        text = "";
      }
    });
    await stream.write(text);
    await stream.end();
    return count;
  }
}

const noOthers: Others = { others: 0, withoutHash: 0 };

/** The number of what became of rows; null, and counted as others, of those that are not known by a hash. */
function kindOf({ collection, fate, count }: MirrorRow, others: Map<Collection, Others>): number | null {
  const kind = fates.indexOf(fate);
  if (kind !== -1) return kind;
  const entry = others.get(collection) ?? { ...noOthers };
  others.set(collection, entry);
  entry.others += count;
  if (fate === "without hash") entry.withoutHash += count;
  return null;
}

/** What the mirror has of the collections, at most one row more than `most`: a few hundred long answers, of a part each, instead of a million short ones. */
function mirrorRows({ sql, staging, integrationId }: SieveTarget, inFull: readonly Collection[], most: number) {
  return sql<MirrorRow[]>`
    select collection, fate, part, count(*)::int as count, string_agg(int8send(hash) || tidsend(at), '') as rows
    from (
      select
        collection,
        hash,
        ctid as at,
        coalesce(hash & ${parts - 1}, 0)::int as part,
        case
          when hash is null then 'without hash'
          when missing_since is not null or external_id < chr(2) then 'other'
          when fate = 'rostered' and reason in ('enrollment-repeated', 'several-ids') then 'repeated'
          else fate
        end as fate
      from source_records
      where district_id = ${staging.districtId}
        and integration_id = ${integrationId}
        and collection = any(${[...inFull]}::text[])
        and fate <> 'withdrawn'
      limit ${most + 1}) m
    group by collection, fate, part`;
}

const writeAtOnce = 100_000;

function* hashesIn(bytes: Uint8Array): Generator<ContentHash> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < view.byteLength; at += 8) yield { high: view.getUint32(at), low: view.getUint32(at + 4) };
}
