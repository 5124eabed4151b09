import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { PeopleList, PersonRole, PersonRow } from "#lib/services/people/schema.ts";

/** "16 learners: 1 who left can still sign in, 1 never arrived, 1 misses a class"; what nobody is in goes unsaid. */
export function peopleSentence(role: PersonRole, { total, told }: Pick<PeopleList, "total" | "told">): string {
  const parts = [
    told.left > 0 ? `${formatNumber(told.left)} who left can still sign in` : null,
    told.absent > 0 ? `${formatNumber(told.absent)} never arrived` : null,
    told.misses > 0 ? `${formatNumber(told.misses)} ${told.misses === 1 ? "misses" : "miss"} a class` : null,
  ].filter((part) => part !== null);
  const all = formatCount(total, role, `${role}s`);
  return parts.length === 0 ? all : `${all}: ${parts.join(", ")}`;
}

export interface StatusWords {
  readonly words: string;
  /** `harm`: red; `ask`: amber; `usual`: grey, so that the others are seen. */
  readonly weight: "harm" | "ask" | "plain" | "usual";
}

/** What is to be known of somebody first; one thing, the worst. */
export function statusOf({ status, isBarred, hasLeft, missedCount }: PersonRow): StatusWords {
  if (status === "deactivated") return { words: "Deactivated", weight: "plain" };
  if (hasLeft) return { words: "Left, can still sign in", weight: "harm" };
  if (isBarred) return { words: "Barred", weight: "plain" };
  if (missedCount > 0) return { words: `Misses ${formatCount(missedCount, "class", "classes")}`, weight: "ask" };
  return { words: "Active", weight: "usual" };
}
