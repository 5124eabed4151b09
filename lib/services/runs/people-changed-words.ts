import { formatCount } from "#lib/platform/format/number.ts";
import type { ClassRef, PersonValue } from "./people-changed-schema.ts";

/** What became of somebody's own record in a run; null: only of their classes, or of values. */
export type RecordTurn = "created" | "reactivated" | "deactivated" | null;

export interface PersonChange {
  readonly turn: RecordTurn;
  /** What they were called, where that changed. */
  readonly formerName: string | null;
  readonly joined: readonly ClassRef[];
  readonly left: readonly ClassRef[];
  readonly values: readonly PersonValue[];
}

/** What changed for somebody, as one line: "new, in 7 classes", "moved to Room 304", "was Thiago Garcia". */
export function personChangeWords({ turn, formerName, joined, left, values }: PersonChange): string {
  const former = formerName === null ? [] : [`was ${formerName}`];
  if (turn === "deactivated") return ["left", ...former].join("; ");
  if (turn !== null) return [withClasses(turn === "created" ? "new" : "back", joined), ...former].join("; ");
  const classes = classWords(joined, left);
  const others = valueWords(values.filter(({ isName }) => !isName || formerName === null));
  const words = [...former, classes, others].filter((one) => one !== null);
  return words.length === 0 ? "details changed" : words.join("; ");
}

function withClasses(word: string, joined: readonly ClassRef[]): string {
  return joined.length === 0 ? word : `${word}, in ${formatCount(joined.length, "class", "classes")}`;
}

function classWords(joined: readonly ClassRef[], left: readonly ClassRef[]): string | null {
  const place = movedTo(joined, left);
  if (place !== null) return `moved to ${place}`;
  const words = [namedOrCounted("joined", joined), namedOrCounted("left", left)].filter((one) => one !== null);
  return words.length === 0 ? null : words.join(", ");
}

function namedOrCounted(verb: string, classes: readonly ClassRef[]): string | null {
  const [first] = classes;
  if (first === undefined) return null;
  return classes.length === 1 ? `${verb} ${first.name}` : `${verb} ${formatCount(classes.length, "class", "classes")}`;
}

/** Where all that somebody joined is, where it takes the place of what they left, class by class: "Grade 5 Science, Room 304" for "…, Room 301". */
function movedTo(joined: readonly ClassRef[], left: readonly ClassRef[]): string | null {
  if (joined.length === 0 || joined.length !== left.length) return null;
  const parts = joined.map(({ name }) => inParts(name));
  const places = new Set(parts.map(({ place }) => place));
  const [place] = places;
  if (places.size !== 1 || !place) return null;
  const subjects = (all: readonly { readonly subject: string }[]) =>
    all
      .map(({ subject }) => subject)
      .sort()
      .join("\n");
  return subjects(parts) === subjects(left.map(({ name }) => inParts(name))) ? place : null;
}

function inParts(name: string): { readonly subject: string; readonly place: string | null } {
  const [, subject = name, place = null] = /^(.+)(?:, | – )(.+)$/.exec(name) ?? [];
  return { subject, place };
}

function valueWords(values: readonly PersonValue[]): string | null {
  const [first] = values;
  if (first === undefined) return null;
  if (values.length > 1) return `${formatCount(values.length, "value")} changed`;
  const field = first.field.charAt(0).toLowerCase() + first.field.slice(1);
  if (first.after === null) return `no ${field} any more`;
  // What is too long for a line, or nobody else's to read at a glance.
  return first.isShort ? `now ${first.after}${first.before === null ? "" : `, was ${first.before}`}` : `another ${field}`;
}
