import type { Collection, Entity } from "#lib/roster/canonical.ts";
import type { GuardFacts } from "./facts.ts";
import { count, type NewFinding } from "./finding.ts";
import type { SafetySettings } from "./settings.ts";

const entitiesOf: Record<Collection, readonly Entity[]> = {
  orgs: ["school"],
  academicSessions: ["term"],
  courses: ["course"],
  classes: ["classroom"],
  users: ["learner", "teacher"],
  roles: [],
  enrollments: ["membership"],
};

/**
 * A list of which no total tells that it is whole, and that takes more away than it brings. It was read twice before it came here; who is
 * missing may be gone, or hidden from this answer as a page cut short would hide them.
 */
export function judgeUnprovenList({ unproven, totals }: GuardFacts, { maxUnprovenLoss }: SafetySettings): NewFinding[] {
  return unproven.flatMap((collection) => {
    const entities = entitiesOf[collection];
    const sum = (pick: (total: GuardFacts["totals"][Entity]) => number) => entities.reduce((all, entity) => all + pick(totals[entity]), 0);
    const gone = sum(({ deactivated }) => deactivated);
    const come = sum(({ created, reactivated }) => created + reactivated);
    if (gone - come <= maxUnprovenLoss) return [];
    return [
      {
        sentence: `The list of ${collection} is shorter than what Aivo has: ${count(gone)} would go and ${count(come)} come. The SIS states no total, so nothing tells whether those who are missing are gone or were left out of its answer.`,
        numbers: { gone, come },
        check: `Look up some of them in the SIS. If they are gone there, approve; if they are not, ask its vendor why its list of ${collection} leaves them out.`,
        subject: { entities, action: "deactivated" as const },
        doubts: [{ what: "withdrawals" as const, entities }],
      },
    ];
  });
}
