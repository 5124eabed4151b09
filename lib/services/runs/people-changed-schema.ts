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

export interface SchoolGroup {
  /** Null: of no school. */
  readonly schoolId: string | null;
  readonly school: string | null;
  /** See readSchoolPlaces. */
  readonly place: number | null;
  readonly people: readonly PersonChanged[];
}

export interface PeopleChanged {
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
