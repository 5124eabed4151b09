import { type Collection, collections } from "#lib/roster/canonical.ts";
import type { GuardFacts } from "./facts.ts";
import { count, type NewFinding, type Subject, share } from "./finding.ts";
import { isExplained } from "./rollover.ts";
import type { SafetySettings } from "./settings.ts";

const subjects: Record<Collection, Subject> = {
  orgs: { entities: ["school"], action: "deactivated" },
  academicSessions: { entities: ["term"], action: "deactivated" },
  courses: { entities: ["course"], action: "deactivated" },
  classes: { entities: ["classroom"], action: "deactivated" },
  users: { entities: ["learner", "teacher"], action: "deactivated" },
  roles: { entities: [], action: "deactivated" },
  enrollments: { entities: ["membership"], action: "deactivated" },
};

/** A family that leaves a small district is no cut-off, nor are its enrollments; a quarter of a list is, however short it is. */
const classesOfALearner = 7;
const muchPercent = 25;

/** A history of one odd day must not blind the guard for long. */
const maxUsualPercent = 5;

/**
 * A list that was read in full is shorter than the last time by more than its usual change from day to day. Where what is missing stood
 * at the end of the order before, a quarter of that is enough: people do not leave in the order of a file.
 */
export function judgeCutOff(facts: GuardFacts, settings: SafetySettings): NewFinding[] {
  return collections.flatMap((collection) => {
    const rows = facts.rows[collection];
    if (rows === undefined) return [];
    const { now, last, usualLoss, missing, withTheirPeople, isTail } = rows;
    const fewer = last - now - withTheirPeople - explained(facts, settings, collection);
    const usual = Math.min(usualLoss, (maxUsualPercent * last) / 100);
    const limit = Math.max((settings.maxFewerRowsPercent * last) / 100, 2 * usual);
    const few = settings.minDeactivated * (collection === "enrollments" ? classesOfALearner : 1);
    const isShorter = fewer > limit && (fewer > few || 100 * fewer > muchPercent * last);
    const isCut = isTail && missing >= 3 && fewer > limit / 4;
    if (settings.maxFewerRowsPercent === 100 || fewer < 3 || !(isShorter || isCut)) return [];
    const end = isTail ? ` All that is missing stood at its end before: it looks cut off after ${count(now)} rows.` : "";
    return [
      {
        sentence: `${collection} has ${count(now)} rows, ${count(last - now)} fewer than the last time (${share(last - now, last)}); its usual change from one read to the next is up to ${count(usualLoss)}.${end}`,
        numbers: { now, last, usualLoss, missing },
        check: `Look whether the export of ${collection} was finished, and whether something filters it that did not before.`,
        subject: missing > 0 && collection !== "roles" ? subjects[collection] : null,
        // What people are and where follows from all their roles: none of what it comes to can be withheld by itself.
        doubts: collection === "roles" ? [] : [{ what: "withdrawals", entities: subjects[collection].entities }],
      },
    ];
  });
}

/** Rows that are rightly gone: of classrooms whose terms are over, and whatever a new school year takes. */
function explained(facts: GuardFacts, settings: SafetySettings, collection: Collection): number {
  const { over, ofEndedTerms, graduates } = facts.leaving;
  const isNewYear = isExplained(facts, settings);
  if (collection === "classes") return isNewYear ? ofEndedTerms.classrooms : over.classrooms;
  if (collection === "enrollments") return isNewYear ? ofEndedTerms.memberships : over.memberships;
  if (!isNewYear) return 0;
  // Parents leave the list of people with their children.
  return collection === "users" ? 2 * graduates : collection === "orgs" ? 0 : Number.POSITIVE_INFINITY;
}
