import { LRUCache } from "lru-cache";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { Entity } from "#lib/roster/canonical.ts";
import { hasChanges } from "./aged-out.ts";
import type { ChangeAction } from "./filters-schema.ts";

/** Changes of one kind of a run, and where they stand in the order in which they were planned. */
export interface ChangeKind {
  readonly entity: Entity;
  readonly action: ChangeAction;
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

interface Counted {
  readonly changeCount: number;
  readonly kinds: readonly ChangeKind[];
}

const mostRuns = 1_000;
/** A database may be restored to a time at which the run was another. */
const forMs = 10 * 60 * 1000;

const lastCounted = new LRUCache<string, Counted>({ max: mostRuns, ttl: forMs });

/**
 * How many changes of each kind a run has: one scan of its rows, some 200 ms for 800,000, while an index by entity and action would have to be
 * written in every sync. Of one that succeeded nothing is added nor taken away but all at once, when its month is dropped: it is counted once.
 */
export async function changeKinds(
  tx: Tx,
  run: { readonly id: string; readonly state: string; readonly changeCount: number },
): Promise<readonly ChangeKind[]> {
  const key = `${tx.districtId}:${run.id}`;
  const last = lastCounted.get(key);
  if (run.state === "succeeded" && last?.changeCount === run.changeCount && (await hasChanges(tx, run.id))) return last.kinds;
  const kinds = await tx.sql<ChangeKind[]>`
    select entity, action, count(*)::int as count, min(seq)::float8 as first, max(seq)::float8 as last from run_changes
    where district_id = ${tx.districtId} and run_id = ${run.id} group by entity, action`;
  if (run.state === "succeeded" && kinds.length > 0) lastCounted.set(key, { changeCount: run.changeCount, kinds: [...kinds] });
  return kinds;
}
