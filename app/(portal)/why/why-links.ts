import { paths } from "#app/paths.ts";
import type { WhyTarget } from "#lib/services/why/schema.ts";

/** The page that shows more of a link. */
export function hrefOf(to: WhyTarget): string {
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
