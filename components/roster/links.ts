/** How roster components find the way to other pages: the app hands them its addresses. */
export interface RosterLinks {
  school(id: string): string;
  classroom(id: string): string;
  teacher(id: string): string;
  learner(id: string): string;
  integration(id: string): string;
  run(integrationId: string, runId: string): string;
  issue(integrationId: string, runId: string, seq: number): string;
}

/** How a list's headers and pages change its address. */
export interface ListLinks {
  sort(sort: string, direction: "asc" | "desc"): string;
  page(page: number): string;
}
