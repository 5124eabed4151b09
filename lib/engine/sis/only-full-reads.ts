import { whyOnlyFullReads as whyAtClever } from "./clever/cursor.ts";
import { readsOnlyInFull } from "./oneroster/delta.ts";
import type { ProviderId } from "./providers.ts";

/**
 * no-events: Clever has given none. too-many-unknown: too many members of Clever's sections are nobody that Aivo rosters. no-filter: the
 * SIS's filter for changes was not seen to work.
 */
export type OnlyFullReads = "no-events" | "too-many-unknown" | "no-filter";

/** Why, from where an integration's last sync left off, each sync will read everything; null where changes may be enough. */
export function whyOnlyFullReads(provider: ProviderId, cursor: unknown): OnlyFullReads | null {
  return reasons[provider](cursor);
}

const ofOneRoster = (cursor: unknown) => (readsOnlyInFull(cursor) ? "no-filter" : null);

const reasons: Record<ProviderId, (cursor: unknown) => OnlyFullReads | null> = {
  clever: whyAtClever,
  classlink: ofOneRoster,
  "oneroster-rest": ofOneRoster,
  "oneroster-csv": () => null,
};
