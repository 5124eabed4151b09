/** How roster components find the way to other pages: the app hands them its addresses. */
export interface RosterLinks {
  school(id: string): string;
  classroom(id: string): string;
  teacher(id: string): string;
  learner(id: string): string;
  /** Null, as for a run or an issue: whoever looks may not open it. */
  integration(id: string): string | null;
  run(integrationId: string, runId: string): string | null;
  issue(integrationId: string, runId: string, seq: number): string | null;
}

/** How a list's headers and pages change its address. */
export interface ListLinks {
  sort(sort: string, direction: "asc" | "desc"): string;
  page(page: number): string;
}
