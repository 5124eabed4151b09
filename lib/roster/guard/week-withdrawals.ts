import type { GuardFacts, WeekGroup } from "./facts.ts";
import { count, isBeyond, type NewFinding, share } from "./finding.ts";
import { isExplained } from "./rollover.ts";
import type { SafetySettings } from "./settings.ts";

const maxNamed = 5;

/** A little every night: what a week of applied runs and this plan take together, less those who came. */
export function judgeWeek(facts: GuardFacts, settings: SafetySettings): NewFinding[] {
  const isNewYear = isExplained(facts, settings);
  const lossOf = (group: WeekGroup) => {
    const gone = group.gone + group.taken - (isNewYear ? group.takenAtRollover : 0);
    const before = group.active + group.gone - group.arrived;
    return { gone, before, lost: gone - group.arrived - group.brought };
  };
  const isHeld = (group: WeekGroup) => {
    const { lost, before } = lossOf(group);
    // Without loss in earlier runs the week says no more than the run itself.
    if (group.gone === 0 || group.taken === 0) return false;
    return group.schoolId === null
      ? isBeyond(lost, before, { percent: settings.maxWeekPercent, min: settings.minDeactivated })
      : isBeyond(lost, before, {
          percent: Math.max(settings.maxWeekPercent, settings.maxSchoolPercent),
          min: settings.minSchoolDeactivated,
        });
  };
  const held = facts.week.filter(isHeld);
  const kinds = new Set(held.filter(({ schoolId }) => schoolId === null).map(({ kind }) => kind));
  const told = held.filter(({ kind, schoolId }) => schoolId === null || !kinds.has(kind));
  return told.slice(0, maxNamed).map((group, index) => {
    const { gone, before } = lossOf(group);
    const where = group.schoolName === null ? "" : ` of ${group.schoolName}`;
    const who = group.kind === "teacher" ? "teachers" : "learners";
    return {
      sentence: `With this sync ${count(gone)} of ${count(before)} ${who}${where} (${share(gone, before)}) would be gone within seven days, a part of them each time.`,
      numbers: { gone, before, thisSync: group.taken },
      check: "Look whether they have really left: an export that loses some more people each night looks like this.",
      subject: { entities: [group.kind], action: "deactivated", ...ofSchool(group) },
      doubts: (index === maxNamed - 1 ? told.slice(index) : [group]).map((each) => ({
        what: "withdrawals",
        entities: [each.kind],
        ...ofSchool(each),
      })),
    };
  });
}

function ofSchool({ schoolId }: WeekGroup): { readonly schoolId?: string } {
  return schoolId === null ? {} : { schoolId };
}
