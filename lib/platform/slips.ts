/** How far one text is from another, in slips of the hand: a letter replaced, missing or too many, or two beside each other swapped. */
export interface Slips {
  readonly whole: number;
  /** From the beginning of the other text that is nearest. */
  readonly beginning: number;
}

/** The optimal string alignment distance, counted up to `most`; more of either is `most + 1`. */
export function slipsBetween(one: string, other: string, most = Number.POSITIVE_INFINITY): Slips {
  const [letters, expected] = [[...one], [...other]];
  let before: number[] = [];
  let row = Array.from({ length: expected.length + 1 }, (_, at) => at);
  for (const [at, letter] of letters.entries()) {
    const next = [at + 1];
    let least = at + 1;
    for (let to = 0; to < expected.length; to += 1) {
      const isSame = letter === expected[to];
      let slips = Math.min((row[to] ?? 0) + (isSame ? 0 : 1), (row[to + 1] ?? 0) + 1, (next[to] ?? 0) + 1);
      if (at > 0 && to > 0 && letter === expected[to - 1] && letters[at - 1] === expected[to])
        slips = Math.min(slips, (before[to - 1] ?? 0) + 1);
      next.push(slips);
      if (slips < least) least = slips;
    }
    // Two rows, since a swap reaches over one.
    if (least > most && Math.min(...row) > most) return { whole: most + 1, beginning: most + 1 };
    [before, row] = [row, next];
  }
  return { whole: Math.min(row[expected.length] ?? 0, most + 1), beginning: Math.min(...row, most + 1) };
}
