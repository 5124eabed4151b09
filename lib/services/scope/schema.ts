import { z } from "zod";
import type { Entity } from "#lib/roster/canonical.ts";
import { gradeCodes } from "#lib/roster/grade.ts";
import { outsides, type Scope, type ScopeKind, scopeKinds } from "#lib/roster/scope.ts";

/** Free of Node: forms in the browser import this file. */

const most = 5_000;
const ids = (what: string) =>
  z
    .array(z.string().min(1).max(1_000), { error: `Name ${what} by their ids in the SIS` })
    .max(most, `At most ${most} ${what} can be left out one by one`)
    .default([]);

export const ScopeInput = z.strictObject({
  schools: ids("schools"),
  terms: ids("terms"),
  courses: ids("courses"),
  grades: z.array(z.enum(gradeCodes, { error: (issue) => `There is no grade ${JSON.stringify(issue.input)}` })).default([]),
  kinds: z.array(z.enum(scopeKinds, { error: `What can be left out is ${scopeKinds.join(", ")}` })).default([]),
  outside: z.enum(outsides, { error: `What is out of scope is either ${outsides.join(" or ")}` }).default("leave"),
});

/** Lists to choose from, which may be long. */
export const searchedLists = ["schools", "terms", "courses"] as const;
export type SearchedList = (typeof searchedLists)[number];
export const ChoiceSearch = z.object({
  list: z.enum(searchedLists),
  search: z.string().trim().max(200).default(""),
  /** Ids to be named, whether they are found or not. */
  ids: z.array(z.string().max(1_000)).max(most).default([]),
});

export type ChoiceSearch = z.infer<typeof ChoiceSearch>;

/** Of a list as many are shown at once; a search finds the others. */
export const shownChoices = 50;

export interface ScopeChoice {
  /** The SIS's id. */
  readonly id: string;
  readonly name: string;
  /** Number, dates or code: what tells two of one name apart. */
  readonly hint: string | null;
  /** Learners of a school or a grade, classes of a term or a course. */
  readonly count: number;
}
export interface ScopeChoices {
  readonly rows: readonly ScopeChoice[];
  /** How many match. */
  readonly total: number;
}

export interface ScopeCounts {
  readonly entity: Entity;
  readonly total: number;
  readonly out: number;
  readonly inAivo: number;
  readonly leaving: number;
  readonly back: number;
}

/** An integration's scope as it is set. */
export interface ScopeState {
  readonly scope: Scope;
  /** Whether a sync has applied it. */
  readonly isApplied: boolean;
  /** Whether anything of the SIS is remembered, so that it can be counted and planned without asking. */
  readonly isRead: boolean;
  /** What is out now, by kind; only where it is any. */
  readonly counts: readonly ScopeCounts[];
}

/** The same with what it is chosen among, which takes a look at all people of the SIS. */
export interface ScopeInFull extends ScopeState {
  /** Names of what is left out, by id. */
  readonly named: Readonly<Record<SearchedList, readonly ScopeChoice[]>>;
  readonly grades: readonly ScopeChoice[];
}

export const kindWords: Readonly<Record<ScopeKind, { readonly label: string; readonly hint: string }>> = {
  courses: { label: "Courses", hint: "Classes come without a course, and keep everything else." },
  classes: { label: "Classes", hint: "With all memberships. People come alone." },
  teachers: { label: "Teachers", hint: "With their memberships." },
  learners: { label: "Learners", hint: "With their memberships." },
};

const nouns: Readonly<Record<Entity, readonly [string, string]>> = {
  school: ["school", "schools"],
  term: ["term", "terms"],
  course: ["course", "courses"],
  classroom: ["class", "classes"],
  teacher: ["teacher", "teachers"],
  learner: ["learner", "learners"],
  membership: ["membership", "memberships"],
};
const order: readonly Entity[] = ["learner", "teacher", "classroom", "membership", "school", "term", "course"];
const number = new Intl.NumberFormat("en-US");

/** "412 learners, 31 teachers and 1 school"; null: nothing at all. */
export function inWords(counts: readonly ScopeCounts[], of: "out" | "inAivo" | "leaving" | "back"): string | null {
  const parts = order.flatMap((entity) => {
    const count = counts.find((one) => one.entity === entity)?.[of] ?? 0;
    return count === 0 ? [] : [`${number.format(count)} ${nouns[entity][count === 1 ? 0 : 1]}`];
  });
  if (parts.length < 2) return parts[0] ?? null;
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** What a scope means for Aivo, in sentences. */
export function consequencesInWords(counts: readonly ScopeCounts[], scope: Pick<Scope, "outside">): readonly string[] {
  const out = inWords(counts, "out");
  const inAivo = inWords(counts, "inAivo");
  const back = inWords(counts, "back");
  return [
    out === null ? "Leaves nothing out." : `Leaves ${out} out.`,
    ...(inAivo === null
      ? []
      : [
          scope.outside === "leave"
            ? `Of these Aivo has ${inAivo}; they stay as they are.`
            : `Of these Aivo has ${inAivo}; they are withdrawn, unless another integration has them.`,
        ]),
    ...(back === null ? [] : [`Brings ${back} back.`]),
  ];
}
