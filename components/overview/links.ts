/** The ways out of Overview: the app hands them its addresses. */
export interface OverviewLinks {
  readonly integrations: string;
  readonly newIntegration: string;
  readonly roster: Readonly<Record<"schools" | "classrooms" | "teachers" | "learners", string>>;
  integration(id: string): string;
  run(integrationId: string, runId: string): string;
  issues(integrationId: string, runId: string, code?: string): string;
  readonly conflicts: string;
  withheld(integrationId: string): string;
  person(role: "teacher" | "learner", id: string): string;
  turned(day: string): string;
  changes(integrationId: string, runId: string): string;
}
