import { about, draw, drawFraction, pick } from "./draw.ts";
import { familyNames, givenNames } from "./names.ts";
import type { Shape } from "./shape.ts";

export interface Name {
  readonly given: string;
  /** "" for most people. */
  readonly middle: string;
  readonly family: string;
}

/** The name of a person; learners, teachers, parents and staff are numbered in ranges of their own. */
export function nameOf(shape: Shape, person: number, renames = 0): Name {
  return {
    given: pick(givenNames, draw(shape.seed, about.given, person)),
    middle: drawFraction(shape.seed, about.middle, person) < 0.3 ? pick(givenNames, draw(shape.seed, about.middle, person, 1)) : "",
    family: pick(familyNames, draw(shape.seed, renames === 0 ? about.family : about.renamed, person, renames)),
  };
}

/** `zoe.oconnor4711`: plain letters, unique by the number. */
export function mailbox(name: Name, number: number | string): string {
  return `${plain(name.given)}.${plain(name.family)}${number}`;
}

const plainNames = new Map<string, string>();
function plain(name: string): string {
  let known = plainNames.get(name);
  if (known === undefined) {
    known = name
      .normalize("NFD")
      .replace(/[^a-zA-Z]/g, "")
      .toLowerCase();
    plainNames.set(name, known);
  }
  return known;
}

export const studentNumber = (learner: number): string => String(2_100_000 + learner).padStart(8, "0");

export const teacherRange = 100_000_000;
export const parentRange = 200_000_000;
export const staffRange = 300_000_000;

/** A teaching position's own number. */
export const teacherNumber = (school: number, slot: number, rank: number): number => school * 10_000 + slot * 1000 + rank;

/** The superintendent is 0, a principal the number of their school's org. */
export const staffNumber = (org: number): number => org;
