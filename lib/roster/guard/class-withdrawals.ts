import type { GuardFacts } from "./facts.ts";
import { count, counted, type NewFinding } from "./finding.ts";
import type { SafetySettings } from "./settings.ts";

/**
 * Classes that stay while their members lose them and get no other. In a large district a class or two are emptied on any day, so the
 * limit is twice as many as a sync of the last weeks had.
 */
export function judgeClassWithdrawals({ leaving }: GuardFacts, { maxClassPercent }: SafetySettings): NewFinding[] {
  const beyond = leaving.emptied.filter(({ lost, active }) => lost >= 3 && 100 * lost > maxClassPercent * active);
  const [worst] = beyond;
  const classes = Math.max(beyond.length, beyond.length === leaving.emptied.length ? leaving.emptiedCount : 0);
  if (worst === undefined || classes <= 2 * leaving.emptiedUsually) return [];
  const others = classes > 1 ? ` So would ${counted(classes - 1, "more class", "more classes")}.` : "";
  return [
    {
      sentence: `${worst.name} would lose ${count(worst.lost)} of its ${count(worst.active)} members, who get no other class.${others}`,
      numbers: { classes, lost: worst.lost, active: worst.active },
      check: "Look whether the enrollments of the class are complete in the SIS and in what it exports.",
      subject: { entities: ["membership"], action: "deactivated", classroomId: worst.classroomId },
      doubts: [
        {
          what: "withdrawals",
          entities: ["membership"],
          // Of more classes than are told apart, all.
          ...(classes <= beyond.length && { classroomIds: beyond.map(({ classroomId }) => classroomId) }),
        },
      ],
    },
  ];
}
