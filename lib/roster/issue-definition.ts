/** severity  error: the record was left out. warning: it came through, degraded. notice: worth knowing, nothing lost. */
export interface IssueDefinition {
  readonly severity: "error" | "warning" | "notice";
  readonly title: string;
  /** What happened and what was kept, for every record with this code. */
  readonly rule: string;
  readonly ruleSource: string;
  readonly remedy: string;
}
