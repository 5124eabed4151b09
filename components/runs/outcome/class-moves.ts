import type { ClassRef } from "#lib/services/runs/people-changed-schema.ts";

/** A class that somebody came into, left, or left for another of the same name. */
export interface ClassMove {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** "Grade 5 Science, Room 304" in the place of "…, Room 301" is one move; what has no counterpart stands for itself. */
export function classMoves(joined: readonly ClassRef[], left: readonly ClassRef[]): readonly ClassMove[] {
  const open = [...left];
  const moves = joined.map(({ name }): ClassMove => {
    const [subject, place] = inParts(name);
    const at = place === null ? -1 : open.findIndex((other) => inParts(other.name)[0] === subject);
    const [former] = at < 0 ? [] : open.splice(at, 1);
    return former === undefined
      ? { name, before: null, after: "joined" }
      : { name: subject, before: inParts(former.name)[1], after: place };
  });
  return [...moves, ...open.map(({ name }): ClassMove => ({ name, before: "left", after: null }))];
}

function inParts(name: string): readonly [subject: string, place: string | null] {
  const at = name.lastIndexOf(", ");
  return at < 0 ? [name, null] : [name.slice(0, at), name.slice(at + 2)];
}

/** "7 classes", "7 in, 7 out", "1 out": what is folded away. */
export function foldedInWords(joined: number, left: number, isNew: boolean): string {
  if (isNew && joined > 0 && left === 0) return joined === 1 ? "1 class" : `${joined} classes`;
  return [...(joined > 0 ? [`${joined} in`] : []), ...(left > 0 ? [`${left} out`] : [])].join(", ");
}
