import type { Rows } from "./recognise.ts";
import type { ModelSync } from "./sync.ts";
import type { ModelClassDecision } from "./types.ts";

/**
 * Test-only: where each class of the SIS leads, by own link, by what an admin decided and by what was recognised, in the opposite order.
 * Null: to a new one.
 */
export function placesOfClasses(sync: ModelSync, rows: Rows, recognised: ReadonlyMap<string, string>): Map<string, string | null> {
  const decided = (sync.before.classDecisions ?? []).filter(({ integration }) => integration === sync.integration);
  const same = new Map(
    decided.flatMap((one) => (one.verdict === "same" && isFollowed(sync, rows, one) ? [[one.externalId, one.classroom] as const] : [])),
  );
  const taken = new Set(same.values());
  const isAnother = (externalId: string, id: string) =>
    decided.some((one) => one.verdict === "another" && one.externalId === externalId && one.classroom === id);
  return new Map(
    rows.map(([externalId]): [string, string | null] => {
      const said = same.get(externalId);
      const linked = sync.linkOf("classroom", externalId)?.recordId;
      if (said !== undefined) return [externalId, said];
      if (linked !== undefined) return [externalId, isAnother(externalId, linked) ? null : linked];
      const found = recognised.get(externalId);
      return [externalId, found === undefined || taken.has(found) || isAnother(externalId, found) ? null : found];
    }),
  );
}

/** While the SIS has another id for that class the decision waits. */
function isFollowed(sync: ModelSync, rows: Rows, { externalId, classroom }: ModelClassDecision): boolean {
  const isThere = rows.some(([id]) => id === externalId) && sync.find(classroom) !== undefined;
  return (
    isThere &&
    !sync
      .own("classroom")
      .some(
        (link) =>
          link.recordId === classroom &&
          link.externalId !== externalId &&
          (sync.reads.classes.incoming.has(link.externalId) || (link.rostered && !sync.isLeaving(link))),
      )
  );
}
