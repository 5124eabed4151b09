import type { Tone } from "#components/ui/tone.ts";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { Cause } from "#lib/services/runs/causes-schema.ts";

const ordinals = new Intl.PluralRules("en-US", { type: "ordinal" });
const endings: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };

/** "New", "3rd night", "Resolved", and how it is marked: red keeps somebody out or in, amber is new, grey is known. */
export function causeState({ state, nights, severity, opened, code }: Cause): { readonly label: string; readonly tone: Tone } {
  if (state === "resolved") return { label: "Resolved", tone: "good" };
  const nth = nights ?? 1;
  const label = state === "new" ? "New" : nth > 1 ? `${nth}${endings[ordinals.select(nth)] ?? "th"} night` : "Continuing";
  if (code === "withdrawals-suspended") return { label, tone: "bad" };
  return { label, tone: opened > 0 && severity !== "notice" ? "warn" : "neutral" };
}

/** "11 people"; of what is about no person how many records. */
export function causeCount({ people, count }: Pick<Cause, "people" | "count">): string {
  return people > 0 ? formatCount(people, "person", "people") : formatCount(count, "record");
}

/** "1 new, 2 continuing, 1 resolved". */
export function causesInWords(causes: readonly Cause[]): string | null {
  const of = (state: Cause["state"]) => causes.filter((cause) => cause.state === state).length;
  const parts = (["new", "continuing", "resolved"] as const).flatMap((state) =>
    of(state) > 0 ? [`${formatNumber(of(state))} ${state}`] : [],
  );
  return parts.length === 0 ? null : parts.join(", ");
}

/** Who it is about, as far as a line goes: "Zoë Bell and Mateo Barnes", "Zoë Bell, Mateo Barnes and 9 more". */
export function causeNames({ names, people }: Pick<Cause, "names" | "people">): string | null {
  if (names.length === 0) return null;
  const more = people - names.length;
  if (more > 0) return `${names.join(", ")} and ${formatNumber(more)} more`;
  return names.length === 1 ? (names[0] ?? null) : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
