/**
 * A number in 0…2³²-1 that depends on nothing but its arguments: every fact about the district can be computed on its
 * own, in any order, so that a set of any size is written without holding it in memory.
 */
export function draw(seed: number, kind: number, index: number, detail = 0): number {
  let hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  hash = mix(hash ^ Math.imul(kind + 1, 0xc2b2ae35));
  hash = mix(hash ^ Math.imul(index + 1, 0x27d4eb2f));
  hash = mix(hash ^ Math.imul(detail + 1, 0x165667b1));
  return hash >>> 0;
}

/** The same as a fraction in [0, 1). */
export function drawFraction(seed: number, kind: number, index: number, detail = 0): number {
  return draw(seed, kind, index, detail) / 4_294_967_296;
}

export function pick<T>(list: readonly [T, ...T[]], number: number): T {
  return list[number % list.length] ?? list[0];
}

function mix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x7feb352d);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x846ca68b);
  return hash ^ (hash >>> 16);
}

/** What a draw is about, so that two facts about one person are independent of each other. */
export const about = {
  given: 1,
  family: 2,
  event: 3,
  moved: 4,
  coTeacher: 5,
  birthday: 6,
  renamed: 7,
  parent: 8,
  sex: 9,
  shared: 10,
  teaching: 11,
  school: 12,
  classes: 13,
  middle: 14,
  preferred: 15,
  master: 16,
} as const;
