/**
 * When a class, or somebody's membership of it, is by the calendar. Truth comes from dates compared with the district's own date, each time
 * it is asked for (lib/platform/db/class-days.ts); it is never stored.
 */
export const whens = ["now", "upcoming", "ended"] as const;
export type When = (typeof whens)[number];

export const whenTitles: Record<When, string> = { now: "Now", upcoming: "Upcoming", ended: "Ended" };

/** What somebody sees of a class that is theirs. */
export const sights = ["open", "prepare", "announced", "history"] as const;
export type Sight = (typeof sights)[number];

/** The whole rule of what teachers and learners see of a class, by when it is. */
const sightsOf: Record<"teaching" | "learning", Record<When, Sight>> = {
  teaching: { upcoming: "prepare", now: "open", ended: "history" },
  learning: { upcoming: "announced", now: "open", ended: "history" },
};

export function sightOf(role: "teacher" | "co-teacher" | "learner", when: When): Sight {
  return sightsOf[role === "learner" ? "learning" : "teaching"][when];
}

const sightTitles: Record<Sight, string> = {
  open: "sees it, and it is open",
  prepare: "sees it, to prepare it",
  announced: "sees that it comes, and nothing in it yet",
  history: "sees it as history, to read",
};

/** The end of a sentence about somebody and a class. */
export function sightTitle(sight: Sight | null): string {
  return sight === null ? "does not see it" : sightTitles[sight];
}

/** A term that began or ended on a day of the district's calendar. */
export interface TurnedTerm {
  readonly name: string;
  readonly turn: "began" | "ended";
  /** Its own first or last day. */
  readonly day: string;
  /** Classrooms of it that began or ended with it. */
  readonly classrooms: number;
}
