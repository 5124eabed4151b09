import { z } from "zod";

/** What became of somebody with a sync, in the order in which it is told: of several the first counts. */
export const personTurns = ["new", "back", "left", "moved", "grade", "changed"] as const;
export type PersonTurn = (typeof personTurns)[number];

/** The change of somebody's own record that a turn is, of a person of whom classes alone changed the nearest. */
export function actionOfTurn(turn: PersonTurn) {
  return ({ new: "created", back: "reactivated", left: "deactivated", moved: "updated", grade: "updated", changed: "updated" } as const)[
    turn
  ];
}

/** Whom of those that a run changed. */
export const PeopleFilter = z.object({
  /** The first school of theirs by its place; `none`: who has none. */
  school: z.union([z.uuid(), z.literal("none")]).optional(),
  role: z.enum(["learner", "teacher"]).optional(),
  turn: z.enum(personTurns).optional(),
});
export type PeopleFilter = z.infer<typeof PeopleFilter>;

export interface ClassRef {
  readonly id: string;
  readonly name: string;
}

export interface PersonValue {
  /** In an admin's words; of a membership with the class that it is of. */
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
  /** A part of what they are called. */
  readonly isName: boolean;
  /** It fits a line beside a name: a grade, a school. */
  readonly isShort: boolean;
}

/** Somebody whom a run changed, with what it changed of their classes. */
export interface PersonChanged {
  readonly accountId: string;
  readonly role: "teacher" | "learner";
  /** As Aivo has it today. */
  readonly name: string;
  /** All of it as one line, such as "new, in 7 classes". */
  readonly what: string;
  readonly joined: readonly ClassRef[];
  readonly left: readonly ClassRef[];
  /** Values of theirs that changed; none of somebody new. */
  readonly values: readonly PersonValue[];
}

/** People of one kind of change who are too many to be named. */
export interface Crowd {
  readonly runId: string;
  readonly role: "teacher" | "learner";
  readonly turn: PersonTurn;
  readonly count: number;
  /** Of how many schools they are; null: not counted. */
  readonly schools: number | null;
  /** The run's changes can be listed by person with this turn, and this school. */
  readonly isByPerson: boolean;
}

export interface SchoolGroup {
  /** Null: of no school. */
  readonly schoolId: string | null;
  readonly school: string | null;
  /** See readSchoolPlaces. */
  readonly place: number | null;
  readonly crowds: readonly Crowd[];
  readonly people: readonly PersonChanged[];
}

export interface PeopleChanged {
  /** Those of more than one school. */
  readonly crowds: readonly Crowd[];
  /** By the place of the school; within it who is new, who is back, who left, and the others, by name. */
  readonly groups: readonly SchoolGroup[];
  /** People of all pages; null: not counted, since the run changed too much to look through for them. */
  readonly total: number | null;
}

/** A page of people. */
export interface PeoplePage {
  readonly limit: number;
  readonly offset: number;
}
