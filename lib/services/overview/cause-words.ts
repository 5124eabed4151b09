import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { collectionIn, definitionIn, idFieldOf } from "#lib/engine/sis/words.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import type { IssueCode } from "#lib/roster/issue-codes.ts";
import { conflictCause } from "./concerned.ts";

export interface CauseFacts {
  readonly code: string;
  readonly provider: ProviderId;
  readonly collection: string;
  /** File or endpoint of the first of them. */
  readonly part: string;
  readonly count: number;
}

type Phrase = (facts: CauseFacts & { readonly n: (one: string, many?: string) => string }) => string;

const s = (count: number) => (count === 1 ? "s" : "");
const has = (count: number) => (count === 1 ? "has" : "have");

/** Causes that people meet often, said of how many there are. The others are called what their issue is, with the number. */
const phrases: Partial<Record<IssueCode | typeof conflictCause, Phrase>> = {
  [conflictCause]: ({ count, n }) => `${n("person", "people")} in the SIS may be ${count === 1 ? "somebody" : "others"} whom Aivo knows`,
  "id-missing": ({ count, n, part, provider }) => `${n("row")} of ${part} ${has(count)} no ${idWord(provider)}`,
  "id-invalid": ({ count, n, part, provider }) => `${n("row")} of ${part} ${has(count)} an ${idWord(provider)} that cannot be used`,
  "id-conflict": ({ n, part, provider }) => `${n("record")} of ${part} share one ${idWord(provider)} and differ`,
  "row-too-long": ({ count, n, part }) => `${n("row")} of ${part} ${has(count)} more cells than the header`,
  "row-quoting": ({ count, n, part }) => `${n("row")} of ${part} ${has(count)} misplaced quotation marks`,
  "row-shifted": ({ count, n, part }) => `${n("row")} of ${part} ${has(count)} values in the wrong columns`,
  "required-missing": ({ count, n, part }) => `${n("record")} of ${part} lack${s(count)} a required value`,
  "value-unknown": ({ count, n, part }) => `${n("record")} of ${part} ${has(count)} a value that is not in the vocabulary`,
  "grade-unknown": ({ count, n }) => `${n("person", "people")} ${has(count)} a grade that is not recognized`,
  "email-invalid": ({ count, n }) => `${n("person", "people")} ${has(count)} an email address that is not valid`,
  "email-shared": ({ count, n }) => `${n("person", "people")} share${s(count)} an email address`,
  "student-number-shared": ({ count, n }) => `${n("learner")} share${s(count)} a student number`,
  "name-incomplete": ({ count, n }) => `${n("person", "people")} ${has(count)} only one name`,
  "reference-school": ({ count, n }) => `${n("class", "classes")} name${s(count)} an unknown school`,
  "reference-term": ({ count, n }) => `${n("class", "classes")} name${s(count)} an unknown term`,
  "reference-course": ({ count, n }) => `${n("class", "classes")} name${s(count)} an unknown course`,
  "reference-org": ({ count, n }) => `${n("person", "people")} ${count === 1 ? "is" : "are"} at an unknown school`,
  "reference-class": ({ count, n }) => `${n("class", "classes")} that enrollments name ${count === 1 ? "is" : "are"} not in the SIS`,
  "reference-user": ({ count, n }) => `${n("person", "people")} whom enrollments name ${count === 1 ? "is" : "are"} not in the SIS`,
  "enrollment-role": ({ count, n }) => `${n("enrollment")} do${count === 1 ? "es" : ""} not fit the person's role`,
  "enrollment-not-rostered": ({ count, n }) => `${n("enrollment")} ${count === 1 ? "is" : "are"} of people who are not rostered`,
  "role-not-rostered": ({ count, n }) => `${n("person", "people")} ${has(count)} a role now that is not rostered`,
  "date-order": ({ count, collection, provider }) =>
    `${formatCount(count, "record")} of ${collectionIn(provider, collection)} end${s(count)} before ${count === 1 ? "it begins" : "they begin"}`,
};

/** An issue's cause as a headline: "2 rows of users.csv have no id". */
export function causeTitle(facts: CauseFacts): string {
  const phrase = phrases[facts.code as IssueCode];
  if (phrase === undefined) return `${definitionIn(facts.provider, facts.code).title}: ${formatCount(facts.count, "record")}`;
  return phrase({ ...facts, n: (one, many) => formatCount(facts.count, one, many) });
}

/** In OneRoster the id is called after its column, which says little; the others have a word of their own. */
function idWord(provider: ProviderId): string {
  const field = idFieldOf(provider);
  return field === "sourcedId" ? "id" : field;
}
