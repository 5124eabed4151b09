import { incomingColumns, tableOf } from "#lib/platform/db/staging.ts";
import { asReadColumns } from "#lib/platform/db/staging-columns.ts";
import { withStaging } from "#lib/platform/db/staging-pool.ts";
import { type Collection, collections } from "#lib/roster/canonical.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import { asBigint, type ContentHash } from "./content-hash.ts";
import { copyRow } from "./copy.ts";
import { type KnownGroup, KnownRows, type Sighting, type Unmet } from "./known-rows.ts";
import { type SameRows, stagedKeys } from "./news.ts";
import { entityOf, few, tuneForSets } from "./plan-context.ts";
import type { StagedRows } from "./staged-rows.ts";
import { type CopyTarget, openCopy } from "./staging-copy.ts";

/**
 * Of so many rows of an integration's mirror the hashes are held in memory while everything is read, 31 bytes for each
 * at worst, so that a worker stays within its 350 MB; more are compared by the database alone.
 */
export const mostKnown = 2_000_000;

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

interface InMirror {
  readonly groups: KnownGroup[];
  others: number;
  withoutHash: number;
}

/**
 * Holds back, of what is read in full, the rows that say what the mirror has: a district that hardly changed costs the
 * database hardly anything. What passes is compared there as if everything had been staged: it brings the mirror's row
 * of its id along where that was read as well, and the hashes that nothing was read of.
 */
export class Sieve {
  readonly #target: SieveTarget;
  readonly #mirror: Partial<Record<Collection, InMirror>>;
  readonly #known: Partial<Record<Collection, KnownRows>> = {};

  private constructor(target: SieveTarget, mirror: Partial<Record<Collection, InMirror>>) {
    this.#target = target;
    this.#mirror = mirror;
  }

  /** Null where the mirror has nothing, or more than `most` rows. One look through it, for all collections. */
  static async over(target: SieveTarget, modes: Readonly<Record<Collection, ReadMode>>, most = mostKnown): Promise<Sieve | null> {
    const inFull = collections.filter((collection) => modes[collection] === "bulk");
    if (inFull.length === 0 || most === 0) return null;
    const { sql, staging, integrationId } = target;
    // A few hundred long answers, of a sixteenth of their group each, instead of a million short ones.
    const rows = await sql<{ collection: Collection; fate: string; count: number; rows: Uint8Array }[]>`
      select collection, fate, count(*)::int as count, string_agg(int8send(hash) || tidsend(at), '') as rows
      from (
        select
          collection,
          hash,
          ctid as at,
          case
            when hash is null then 'without hash'
            when missing_since is not null or external_id < chr(2) then 'other'
            when fate = 'rostered' and reason in ('enrollment-repeated', 'several-ids') then 'repeated'
            else fate
          end as fate
        from source_records
        where district_id = ${staging.districtId}
          and integration_id = ${integrationId}
          and collection = any(${inFull}::text[])
          and fate <> 'withdrawn'
        limit ${most + 1}) m
      group by collection, fate, hash & 15`;
    const count = rows.reduce((sum, row) => sum + row.count, 0);
    if (count === 0 || count > most) return null;
    const mirror: Partial<Record<Collection, InMirror>> = {};
    for (const { collection, fate, count, rows: bytes } of rows) {
      const entry = mirror[collection] ?? { groups: [], others: 0, withoutHash: 0 };
      mirror[collection] = entry;
      const kind = fates.indexOf(fate);
      if (kind !== -1) entry.groups.push({ kind, rows: bytes });
      else entry.others += count;
      if (fate === "without hash") entry.withoutHash += count;
    }
    return new Sieve(target, mirror);
  }

  /** What the mirror has of a collection; null where it has nothing, or the collection is not read in full. */
  of(collection: Collection): KnownRows | null {
    const mirror = this.#mirror[collection];
    if (mirror === undefined) return null;
    const known = this.#known[collection] ?? new KnownRows(mirror.groups.splice(0));
    this.#known[collection] = known;
    return known;
  }

  /** Once everything is read and staged: adds what goes with it, and tells what was held back. */
  async end(staged: StagedRows): Promise<SiftedRows> {
    const sifted: SiftedRows = {};
    for (const collection of collections) {
      const known = this.of(collection);
      if (known === null) continue;
      if (staged.of(collection).count > 0) staged.add(collection, await this.#bringAlong(collection, known, staged));
      const unmet = await this.#noteUnmet(collection, known);
      const same = known.countSame().map(({ kind, isTeacher, count }): SameRows => {
        const fate = fates[kind] ?? "";
        const became = fate === "repeated" ? { fate: "rostered", reason: "enrollment-repeated" } : { fate, reason: null };
        return { collection, ...became, entity: entityOf(collection, isTeacher), count };
      });
      const { others = 0, withoutHash = 0 } = this.#mirror[collection] ?? {};
      sifted[collection] = { same, ...unmet, others, withoutHash };
    }
    return sifted;
  }

  /** One id with two contents, of which the mirror has one: that row is staged, too. Returns how many there are. */
  async #bringAlong(collection: Collection, known: KnownRows, staged: StagedRows): Promise<number> {
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
      const rows = await tx.unsafe<{ hashes: Uint8Array | null }[]>(
        `select string_agg(int8send(m.hash), '') as hashes
        from ${mirror}
        group by m.hash & 15`,
        [districtId, integrationId],
      );
      const found = new Map<string, Sighting>();
      for (const hash of rows.flatMap(({ hashes }) => [...hashesIn(hashes)])) {
        const met = known.takeBack(hash);
        if (met !== null) found.set(asBigint(hash), met);
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
  async #noteUnmet(collection: Collection, known: KnownRows): Promise<Pick<Sifted, "unmet" | "unmetRows">> {
    const first: Unmet[] = [];
    for (const unmet of known.unmet())
      if (first.push(unmet) > few) return { unmet: await this.#writeUnmet(collection, known), unmetRows: null };
    return { unmet: first.length, unmetRows: first };
  }

  async #writeUnmet(collection: Collection, known: KnownRows): Promise<number> {
    const stream = await openCopy(this.#target, this.#target.staging.unmet, ["collection", "hash"]);
    let count = 0;
    let text = "";
    for (const { hash } of known.unmet()) {
      count++;
      text += copyRow([collection, asBigint(hash)]);
      if (text.length < writeAtOnce) continue;
      await stream.write(text);
      text = "";
    }
    await stream.write(text);
    await stream.end();
    return count;
  }
}

const writeAtOnce = 100_000;

function* hashesIn(bytes: Uint8Array | null): Generator<ContentHash> {
  if (bytes === null) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < view.byteLength; at += 8) yield { high: view.getUint32(at), low: view.getUint32(at + 4) };
}
