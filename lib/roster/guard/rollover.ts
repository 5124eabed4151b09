import type { GuardFacts } from "./facts.ts";
import { count, counted, type NewFinding } from "./finding.ts";
import type { SafetySettings } from "./settings.ts";

export interface Rollover {
  /** The old terms are over: the dates agree with it. */
  readonly isDue: boolean;
  readonly gone: number;
  readonly come: number;
}

/**
 * A new school year: nearly all classrooms go, and nearly all of them are of terms that end; at least half as many come in new
 * terms that begin after the old ones; people stay, but for the oldest learners. Null where that is not what the plan does.
 */
export function recogniseRollover(facts: GuardFacts): Rollover | null {
  const { rollover, totals, activeBefore, leaving } = facts;
  if (rollover === null) return null;
  const gone = totals.classroom.deactivated;
  const stay = (who: "learner" | "teacher", explained: number) =>
    totals[who].deactivated - explained <= Math.max(3, 0.25 * activeBefore[who]);
  const { newClassrooms } = rollover;
  // Where last year's classes went in summer already, it is the grades that tell.
  const isBegin =
    gone > 0 || (rollover.classrooms < 0.25 * newClassrooms && 2 * (facts.people.learner?.grade.promoted ?? 0) > activeBefore.learner);
  const isRollover =
    isBegin &&
    gone >= 0.8 * rollover.classrooms &&
    leaving.ofEndedTerms.classrooms >= 0.9 * gone &&
    newClassrooms >= 0.5 * gone &&
    rollover.newBegins >= rollover.oldEnds &&
    stay("learner", leaving.graduates) &&
    stay("teacher", 0);
  return isRollover ? { isDue: rollover.today >= rollover.oldEnds, gone, come: newClassrooms } : null;
}

/** The one sentence of a rollover: a question, or a note where the admin does not want to be asked and the dates agree. */
export function judgeRollover(facts: GuardFacts, settings: SafetySettings): NewFinding[] {
  const found = recogniseRollover(facts);
  if (found === null || facts.rollover === null) return [];
  const { graduates } = facts.leaving;
  const { newTerms, oldEnds, newBegins } = facts.rollover;
  const promoted = facts.people.learner?.grade.promoted ?? 0;
  const parts = [
    `${counted(found.gone, "classroom")} of terms that end give way to ${count(found.come)} of ${counted(newTerms, "new term")}`,
    ...(promoted > 0 ? [`${counted(promoted, "learner")} move up a grade`] : []),
    ...(graduates > 0 ? [`${count(graduates)} of the oldest grade leave`] : []),
  ];
  const dates = found.isDue ? "" : ` But the terms that end run until ${oldEnds}, and the new ones begin on ${newBegins}.`;
  return [
    {
      level: settings.askAtRollover || !(found.isDue || letsAllGo(settings)) ? "hold" : "note",
      sentence: `This looks like the new school year: ${parts.join("; ")}.${dates}`,
      numbers: { classroomsGone: found.gone, classroomsNew: found.come, newTerms, promoted, graduates },
      check: found.isDue
        ? "If the new school year is meant to begin in Aivo now, approve it."
        : "If the SIS was rolled over before the old terms end, wait until they have; learners lose their old classes when it is approved.",
      subject:
        promoted > 0 ? { entities: ["learner"], action: "changed", column: "grade" } : { entities: ["classroom"], action: "deactivated" },
    },
  ];
}

/** Whether what a new school year explains may be left out by the other detectors: it is asked about, or due and wanted. */
export function isExplained(facts: GuardFacts, settings: SafetySettings): boolean {
  const found = recogniseRollover(facts);
  return found !== null && (settings.askAtRollover || found.isDue || letsAllGo(settings));
}

/** Nobody wants to be asked about classrooms that go, however many and whenever. */
function letsAllGo({ maxDeactivatedPercent }: SafetySettings): boolean {
  return maxDeactivatedPercent >= 100;
}
