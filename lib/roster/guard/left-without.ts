import type { GuardFacts } from "./facts.ts";
import { counted, type NewFinding } from "./finding.ts";
import type { SafetySettings } from "./settings.ts";

/**
 * People and classes stay, or would leave and wait for an admin, and what they belong to goes: a list of schools, terms or courses that
 * is cut off looks like this, and so does a school that is no longer shared.
 */
export function judgeLeftWithout({ leftWithout, totals }: GuardFacts, { maxLeftWithout }: SafetySettings): NewFinding[] {
  const { peopleWithoutSchool, classesWithoutSchool, classesWithoutTerm, classesWithoutCourse } = leftWithout;
  const cases = [
    {
      left: peopleWithoutSchool,
      who: counted(peopleWithoutSchool, "person", "people"),
      gone: counted(totals.school.deactivated, "school"),
      list: "schools",
      entity: "school",
      subject: { entities: ["learner", "teacher"], action: "changed", column: "school_ids" },
    },
    {
      left: classesWithoutSchool,
      who: counted(classesWithoutSchool, "classroom"),
      gone: counted(totals.school.deactivated, "school"),
      list: "schools",
      entity: "school",
      subject: { entities: ["classroom"], action: "changed", column: "school_id" },
    },
    {
      left: classesWithoutTerm,
      who: counted(classesWithoutTerm, "classroom"),
      gone: counted(totals.term.deactivated, "term"),
      list: "terms",
      entity: "term",
      subject: { entities: ["classroom"], action: "changed", column: "term_ids" },
    },
    {
      left: classesWithoutCourse,
      who: counted(classesWithoutCourse, "classroom"),
      gone: counted(totals.course.deactivated, "course"),
      list: "courses",
      entity: "course",
      subject: { entities: ["classroom"], action: "changed", column: "course_id" },
    },
  ] as const;
  return cases
    .filter(({ left }) => left > maxLeftWithout)
    .map(({ left, who, gone, list, entity, subject }) => ({
      sentence: `${gone} would go while ${who} that stay would be left without any: the list of ${list} looks incomplete.`,
      numbers: { left },
      check: `Look whether the SIS still has these ${list}, and whether its list of ${list} is complete.`,
      subject,
      doubts: [{ what: "withdrawals", entities: [entity] }],
    }));
}
