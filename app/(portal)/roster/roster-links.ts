import { paths, type RosterKind } from "#app/paths.ts";
import { allowed } from "#app/session.ts";
import type { ListLinks, RosterLinks } from "#components/roster/links.ts";
import type { DidYouMeanProps } from "#components/ui/did-you-mean.tsx";
import { type TableView, viewQuery } from "#components/ui/table-view.ts";

export const rosterLinks: RosterLinks = {
  school: (id) => paths.rosterRecord("schools", id),
  classroom: (id) => paths.rosterRecord("classrooms", id),
  teacher: (id) => paths.rosterRecord("teachers", id),
  learner: (id) => paths.rosterRecord("learners", id),
  integration: (id) => paths.integration(id),
  run: (integrationId, runId) => paths.run(integrationId, runId),
  issue: (integrationId, runId, seq) => paths.runIssue(integrationId, runId, seq),
};

/** The same for whoever asks: to syncs and integrations only where they open. */
export async function ownRosterLinks(): Promise<RosterLinks> {
  return (await allowed())("read-syncs") ? rosterLinks : { ...rosterLinks, integration: () => null, run: () => null, issue: () => null };
}

interface ListState {
  readonly q: string;
  readonly status: string;
  readonly sort: string;
  readonly direction: "asc" | "desc";
  readonly school?: string | undefined;
  readonly grade?: string | undefined;
  readonly when?: string | undefined;
  readonly turned?: string | undefined;
}

/** The addresses of a list, with what is the rule left out of them. */
export function listLinks(kind: RosterKind, state: ListState, view: TableView): ListLinks {
  const base = {
    ...viewQuery(view),
    q: state.q,
    school: state.school,
    grade: state.grade,
    when: state.when,
    turned: state.turned,
    status: state.status === "active" ? "" : state.status,
    sort: state.sort === "name" ? "" : state.sort,
    direction: state.direction === "asc" ? "" : state.direction,
  };
  return {
    sort: (sort, direction) =>
      paths.roster(kind, { ...base, sort: sort === "name" ? "" : sort, direction: direction === "asc" ? "" : direction }),
    page: (page) => paths.roster(kind, { ...base, page: page === 1 ? "" : page }),
  };
}

/** Whether the list shows less than everything, so that an empty one says so. */
export function isFiltered(state: ListState): boolean {
  const { q, status, school, grade, when, turned } = state;
  return q !== "" || status !== "active" || [school, grade, when, turned].some((value) => value !== undefined);
}

/** Searches for what may have been meant, with their addresses. */
export function alikeLinks(searches: readonly string[], linksOf: (q: string) => ListLinks): DidYouMeanProps["meant"] {
  return searches.map((q) => ({ key: q, says: q, href: linksOf(q).page(1) }));
}
