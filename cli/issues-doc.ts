import { issueCodes } from "#lib/roster/issue-codes.ts";
import type { IssueDefinition } from "#lib/roster/issue-definition.ts";

const severities: Record<IssueDefinition["severity"], { readonly heading: string; readonly meaning: string }> = {
  error: {
    heading: "Errors",
    meaning: "The record was left out. What Aivo has for it stays as it was: nothing is updated, nothing is withdrawn.",
  },
  warning: { heading: "Warnings", meaning: "The record came through without the part that could not be used." },
  notice: { heading: "Notices", meaning: "Worth knowing. Nothing was lost." },
};

/** docs/issues.md: every issue a sync can report, by severity, each under its code as anchor. */
export function issuesDocument(): string {
  const sections = (Object.keys(severities) as IssueDefinition["severity"][]).flatMap(describeSeverity);
  return `${[introduction, ...sections].join("\n\n")}\n`;
}

const introduction = `# Issues

<!-- Made from lib/roster/issue-codes.ts by cli/issues-doc.ts. Change it there. -->

A sync never stops because of one record. What did not come through as the SIS has it is an issue: it names the record, the
file and line (or endpoint and page), the value that arrived, and what was kept instead. This page lists every kind of issue with the rule
behind it and the remedy in the SIS. Links to a code, such as \`issues.md#id-missing\`, stay valid.`;

function describeSeverity(severity: IssueDefinition["severity"]): readonly string[] {
  const entries = Object.entries<IssueDefinition>(issueCodes).filter(([, definition]) => definition.severity === severity);
  const { heading, meaning } = severities[severity];
  const contents = entries.map(([code, { title }]) => `| [\`${code}\`](#${code}) | ${title} |`);
  return [`## ${heading}`, meaning, ["| code | what it is |", "|---|---|", ...contents].join("\n"), ...entries.map(describeIssue)];
}

/** The code alone is the heading, so that the anchor is the code wherever the page is rendered. */
function describeIssue([code, { title, rule, ruleSource, remedy }]: readonly [string, IssueDefinition]): string {
  return `### ${code}\n\n**${title}.** ${rule}\n\n- Remedy: ${remedy}\n- Source of the rule: ${ruleSource}`;
}

/** `node cli/issues-doc.ts > docs/issues.md` writes the page again after a change of lib/roster/issue-codes.ts. */
if (import.meta.main) process.stdout.write(issuesDocument());
