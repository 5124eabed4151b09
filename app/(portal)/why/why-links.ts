import { paths } from "#app/paths.ts";
import type { Capability } from "#lib/platform/roles.ts";
import type { WhyTarget } from "#lib/services/why/schema.ts";

const needs: Record<WhyTarget["kind"], Capability> = {
  run: "read-syncs",
  issue: "read-syncs",
  conflict: "read-syncs",
  withheld: "read-syncs",
  integration: "read-syncs",
  scope: "change-integrations",
  teacher: "read-roster",
  learner: "read-roster",
  classroom: "read-roster",
};

/** The page that shows more of a link; null for those for whom it does not open. */
export function hrefFor(can: (capability: Capability) => boolean): (to: WhyTarget) => string | null {
  return (to) => (can(needs[to.kind]) ? hrefOf(to) : null);
}

function hrefOf(to: WhyTarget): string {
  switch (to.kind) {
    case "run":
      return paths.run(to.integrationId, to.runId);
    case "issue":
      return paths.runIssue(to.integrationId, to.runId, to.seq);
    case "conflict":
      return paths.conflict(to.integrationId, to.seq);
    case "scope":
      return paths.integrationScope(to.integrationId);
    case "withheld":
      return paths.withheld(to.integrationId);
    case "integration":
      return paths.integration(to.integrationId);
    case "teacher":
      return paths.rosterRecord("teachers", to.id);
    case "learner":
      return paths.rosterRecord("learners", to.id);
    case "classroom":
      return paths.rosterRecord("classrooms", to.id);
  }
}
