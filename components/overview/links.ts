import type { SentenceTarget } from "#lib/services/overview/sentence-schema.ts";
import type { Crowd } from "#lib/services/runs/people-changed-schema.ts";

/** The ways out of Today: the app hands them its addresses. */
export interface OverviewLinks {
  readonly integrations: string;
  readonly conflicts: string;
  integration(id: string): string;
  run(integrationId: string, runId: string): string;
  issues(integrationId: string, runId: string, code?: string): string;
  withheld(integrationId: string): string;
  /** Where the people of such a line are named; of a school by its id, and null those of none. */
  crowd(integrationId: string, crowd: Crowd, school?: string | null): string;
  person(role: "teacher" | "learner", id: string): string;
  turned(day: string): string;
}

export type SentenceLinks = Pick<OverviewLinks, "run" | "withheld" | "integration"> & {
  /** Where those stand who left and can still sign in, and where those do who need help. */
  readonly still: string;
  readonly help: string;
};

export function hrefOf(target: SentenceTarget, links: SentenceLinks): string {
  switch (target.to) {
    case "still":
      return links.still;
    case "help":
      return links.help;
    case "run":
      return links.run(target.integrationId, target.runId);
    case "withheld":
      return links.withheld(target.integrationId);
    case "integration":
      return links.integration(target.integrationId);
  }
}
