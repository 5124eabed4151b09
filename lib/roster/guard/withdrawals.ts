import type { Entity } from "#lib/roster/canonical.ts";
import type { GuardFacts } from "./facts.ts";
import { count, type Doubt, isBeyond, isMost, type NewFinding, percentAbove, type Subject } from "./finding.ts";
import { isExplained } from "./rollover.ts";
import type { SafetySettings } from "./settings.ts";

interface Kind {
  readonly name: string;
  readonly gone: number;
  readonly active: number;
  readonly subject: Subject;
  readonly doubt: Doubt;
  /** Whose leaving takes these along. */
  readonly takenAlongBy?: readonly Entity[];
  readonly key: string;
}

/**
 * More of a kind than the integration's limits allow. Terms and courses take nothing away from anybody by themselves; what they leave
 * behind is `left-without`. Classrooms whose terms are over have done their time.
 */
export function judgeWithdrawals(facts: GuardFacts, settings: SafetySettings): NewFinding[] {
  const limit = { percent: settings.maxDeactivatedPercent, min: settings.minDeactivated };
  return kindsOf(facts, settings)
    .filter(({ gone, active }) => isBeyond(gone, active, limit) || isMost(gone, active, limit.percent))
    .map(({ name, gone, active, subject, doubt, takenAlongBy, key }) => ({
      sentence: `The sync would deactivate ${count(gone)} of ${count(active)} ${name} (${percentAbove((100 * gone) / active, Math.min(limit.percent, 50))}%); the limit is ${limit.percent}%.`,
      numbers: { [key]: gone, active },
      check: `Look whether the SIS still has these ${name}, and whether the export or the sharing rules leave them out.`,
      subject,
      doubts: [doubt],
      ...(takenAlongBy && { furtherDoubts: [{ what: "withdrawals" as const, entities: takenAlongBy }] }),
    }));
}

function kindsOf(facts: GuardFacts, settings: SafetySettings): Kind[] {
  const { totals, activeBefore, leaving } = facts;
  const isNewYear = isExplained(facts, settings);
  const ended = isNewYear ? leaving.ofEndedTerms : leaving.over;
  const kind = (entity: Entity, name: string, explained: number): Kind => ({
    name,
    gone: totals[entity].deactivated - explained,
    active: activeBefore[entity],
    subject: { entities: [entity], action: "deactivated" },
    doubt: { what: "withdrawals", entities: [entity] },
    key: entity,
  });
  return [
    kind("school", "schools", 0),
    kind("classroom", "classrooms", ended.classrooms),
    kind("teacher", "teachers", 0),
    kind("learner", "learners", isNewYear ? leaving.graduates : 0),
    { ...kind("membership", "class memberships", ended.memberships), takenAlongBy: ["classroom", "learner", "teacher"] },
    {
      name: "class memberships of teachers, in classrooms that stay",
      gone: leaving.teaching.gone,
      active: leaving.teaching.active,
      subject: { entities: ["membership"], action: "deactivated" },
      doubt: { what: "withdrawals", entities: ["membership"], ofTeachers: true },
      takenAlongBy: ["teacher"],
      key: "teaching",
    },
  ];
}
