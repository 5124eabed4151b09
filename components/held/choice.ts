import type { PartId, PartSelection } from "#lib/roster/plan-parts.ts";
import type { HeldPart } from "#lib/services/runs/held-schema.ts";

/** What is chosen of a part: all of it or nothing, but for single records, by their ids. */
export interface Choice {
  readonly isIn: boolean;
  readonly singly: ReadonlySet<string>;
}
export type Choices = ReadonlyMap<HeldPart["id"], Choice>;

const nobody: ReadonlySet<string> = new Set();
const all: Choice = { isIn: true, singly: nobody };

/** What the look of a plan does not explain is left out unless somebody chooses it. */
export function firstChoices(parts: readonly HeldPart[]): Choices {
  return new Map(parts.map(({ id, isOdd }) => [id, { isIn: !isOdd, singly: nobody }]));
}

export function choiceOf(choices: Choices, id: HeldPart["id"]): Choice {
  return choices.get(id) ?? all;
}

/** A part as a whole, whatever was chosen of it before. */
export function withPart(choices: Choices, id: HeldPart["id"], isIn: boolean): Choices {
  return new Map([...choices, [id, { isIn, singly: nobody }]]);
}

/** One record otherwise than its part; once all of them are, the part is. */
export function withRecord(choices: Choices, part: Pick<HeldPart, "id" | "count">, record: string, isIn: boolean): Choices {
  const before = choiceOf(choices, part.id);
  const others = [...before.singly].filter((one) => one !== record);
  const singly = new Set(isIn === before.isIn ? others : [...others, record]);
  if (singly.size === part.count) return withPart(choices, part.id, !before.isIn);
  return new Map([...choices, [part.id, { isIn: before.isIn, singly }]]);
}

export interface Chosen {
  /** As an approval is asked for. */
  readonly without: readonly PartSelection[];
  /** Parts that are in as a whole or but for some records, and those that are out as a whole. */
  readonly checked: number;
  readonly out: readonly HeldPart[];
  /** Records that are left out of a part that is in, that are in of a part that is out, and how many are left out beside whole parts. */
  readonly leftSingly: number;
  readonly takenSingly: number;
  readonly stay: number;
}

export function chosenOf(parts: readonly HeldPart[], choices: Choices): Chosen {
  const each = parts.map((part) => ({ part, ...choiceOf(choices, part.id) }));
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  const left = each.filter(({ isIn, singly }) => isIn && singly.size > 0);
  const taken = each.filter(({ isIn, singly }) => !isIn && singly.size > 0);
  const out = each.filter(({ isIn, singly }) => !isIn && singly.size === 0);
  const leftSingly = sum(left.map(({ singly }) => singly.size));
  return {
    without: [
      ...out.map(({ part }) => ({ part: part.id as PartId })),
      ...left.map(({ part, singly }) => ({ part: part.id as PartId, records: [...singly] })),
      ...taken.map(({ part, singly }) => ({ part: part.id as PartId, except: [...singly] })),
    ],
    checked: each.filter(({ isIn }) => isIn).length,
    out: out.map(({ part }) => part),
    leftSingly,
    takenSingly: sum(taken.map(({ singly }) => singly.size)),
    stay: leftSingly + sum(taken.map(({ part, singly }) => part.count - singly.size)),
  };
}
