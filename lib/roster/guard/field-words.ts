import type { FieldChanges } from "./facts.ts";
import { count, isBeyond, isMost } from "./finding.ts";
import type { SafetySettings } from "./settings.ts";

/** How a field that changed for many at once looks; undefined where that many are ordinary. */
export interface Look {
  readonly what: string;
  readonly affected: number;
  readonly of: number;
  readonly looks: string;
}

export interface FieldWords {
  /** "email" */
  readonly one: string;
  readonly many: string;
  /** What it looks like when everybody loses it. */
  readonly blank: string;
}

/** Judges one field of `known` records; `ordinary` of its changes are explained otherwise. */
export function lookAt(field: FieldChanges, known: number, words: FieldWords, settings: SafetySettings, ordinary = 0): Look | undefined {
  const blank = { percent: settings.maxBlankedPercent, min: settings.minChanged };
  if (isBeyond(field.blanked, field.had, blank) || isMost(field.blanked, field.had, blank.percent)) {
    return { what: `would lose their ${words.one}`, affected: field.blanked, of: field.had, looks: words.blank };
  }
  const changed = field.changed - ordinary;
  const limit = { percent: settings.maxChangedPercent, min: settings.minChanged };
  if (!isBeyond(changed, known, limit) && !isWhole(changed, known, limit.percent)) return undefined;
  const base = { what: `would get another ${words.one}`, affected: changed, of: known };
  // A neighbour with the same value is no sign of a shift where most have the same anyway.
  if (field.distinct <= Math.max(1, changed / 20)) {
    const same =
      field.distinct === 1
        ? `all of them the same ${words.one}`
        : `${count(changed)} of them only ${count(field.distinct)} different ${words.many}`;
    return { ...base, looks: `${same}: a fixed value seems to stand in the column` };
  }
  if (field.shifted > 0.8 * changed)
    return { ...base, looks: "each of them that of the one before or after: the file's columns seem shifted by a row" };
  return { ...base, looks: `the ${words.many} seem to come from elsewhere than before` };
}

/** Fewer than any minimum, but all there are: three of three schools. */
function isWhole(changed: number, known: number, percent: number): boolean {
  return percent < 100 && changed >= 3 && changed >= known;
}
