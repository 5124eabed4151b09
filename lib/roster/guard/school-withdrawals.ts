import type { GuardFacts, SchoolGroup } from "./facts.ts";
import { count, type Doubt, isBeyond, isMost, type NewFinding, share } from "./finding.ts";
import { isExplained } from "./rollover.ts";
import type { SafetySettings } from "./settings.ts";

const names = { teacher: "teachers", learner: "learners", classroom: "classrooms" } as const;
const maxNamed = 5;

/** Too many of one school, or more than half of one of its grades, which no limit of the whole district sees. */
export function judgeSchoolWithdrawals(facts: GuardFacts, settings: SafetySettings): NewFinding[] {
  const isNewYear = isExplained(facts, settings);
  const limit = { percent: settings.maxSchoolPercent, min: settings.minSchoolDeactivated };
  const unexplained = (group: SchoolGroup) => group.gone - (isNewYear ? group.goneAtRollover : group.goneOver);
  const isHeld = (group: SchoolGroup) => {
    const gone = unexplained(group);
    if (group.grade !== null) return isBeyond(gone, group.active, { percent: Math.max(50, limit.percent), min: limit.min });
    return isBeyond(gone, group.active, limit) || isMost(gone, group.active, limit.percent);
  };
  const held = facts.leaving.schools.filter(isHeld);
  const schools = new Set(held.filter(({ grade }) => grade === null).map(({ kind, schoolId }) => `${kind} ${schoolId}`));
  // A school that is named need not be named again for each of its grades.
  const told = held.filter(({ grade, kind, schoolId }) => grade === null || !schools.has(`${kind} ${schoolId}`));
  const more = told.length - maxNamed;
  return told.slice(0, maxNamed).map((group, index) => {
    const { kind, schoolId, schoolName, grade, active } = group;
    const gone = unexplained(group);
    const others = index === maxNamed - 1 && more > 0 ? ` It is so in ${count(more)} more.` : "";
    return {
      sentence: `${schoolName} would lose ${count(gone)} of its ${count(active)} ${names[kind]}${grade === null ? "" : ` in grade ${grade}`} (${share(gone, active)}).${others}`,
      numbers: { [kind]: gone, active },
      check: `Look in the SIS whether ${schoolName} has really lost them, and whether its part of the export is complete.`,
      subject: { entities: [kind], action: "deactivated", schoolId },
      doubts: (index === maxNamed - 1 ? told.slice(index) : [group]).map(doubtOf),
    };
  });
}

function doubtOf({ kind, schoolId, grade }: SchoolGroup): Doubt {
  return { what: "withdrawals", entities: [kind], schoolId, ...(grade !== null && { grade }) };
}
