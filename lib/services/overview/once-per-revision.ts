import { LRUCache } from "lru-cache";
import { isOfSchools, type ReachScope } from "#lib/platform/access.ts";
import type { Tx } from "#lib/platform/db/tx.ts";

/** What something of the roster holds for: whatever changes the roster raises its revision, and the calendar ends classes. */
interface Moment {
  readonly revision: string;
  readonly today: string;
}

/** A database that was restored counts its revisions again from an earlier one. */
const forMs = 10 * 60 * 1000;

/** What takes a pass over a district's roster to know, and is asked for with each page: made out once for each of its revisions and each day. */
export class OncePerRevision<T extends object> {
  readonly #make: (tx: Tx) => Promise<T>;
  readonly #known: LRUCache<string, Moment & { readonly value: T }>;

  /** @param sizeOf what a district's takes of the room for all, `room` */
  constructor(make: (tx: Tx) => Promise<T>, { room, sizeOf }: { readonly room: number; readonly sizeOf: (value: T) => number }) {
    this.#make = make;
    this.#known = new LRUCache({ maxSize: room, ttl: forMs, sizeCalculation: ({ value }) => Math.max(1, sizeOf(value)) });
  }

  /** Within a transaction of that scope; whoever is confined to schools sees what is theirs, made out each time. */
  async of(tx: Tx, scope: ReachScope<never>): Promise<T> {
    if (isOfSchools(scope)) return this.#make(tx);
    const [now] = await tx.sql<Moment[]>`
      select roster_revision as revision, (now() at time zone timezone)::date::text as today from districts where id = ${tx.districtId}`;
    const last = this.#known.get(tx.districtId);
    if (last !== undefined && last.revision === now?.revision && last.today === now.today) return last.value;
    // What changes meanwhile has a later revision, under which it is asked for again.
    const value = await this.#make(tx);
    if (now !== undefined) this.#known.set(tx.districtId, { ...now, value });
    return value;
  }
}
