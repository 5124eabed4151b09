import { Command } from "commander";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { acknowledgeIssues, releaseIssues } from "#lib/services/issues-acknowledged/write.ts";
import { action } from "./context.ts";

/** `issue …`: what is being done about causes of issues; the issues of a sync are listed by `sync issues`. */
export function issueCommand(): Command {
  const issue = new Command("issue").description("causes of issues that somebody has taken in hand");
  issue
    .command("acknowledge <integration> <code>")
    .requiredOption("--reason <text>", "what is being done, for others to read")
    .option("--to <account>", "the admin who sees to it")
    .description("say that a cause is known; it ends with its last open issue")
    .action(
      action(async (services, integrationId: string, code: string, { reason, to = null }: { reason: string; to?: string | null }) => {
        const scope = await operatorScopeOf(services, "integration", integrationId);
        await acknowledgeIssues(services, scope, integrationId, { code, reason, assignedTo: to });
        return { json: { integrationId, code }, lines: ["Acknowledged."] };
      }),
    );
  issue
    .command("release <integration> <code>")
    .description("take that back: the cause asks for somebody again")
    .action(
      action(async (services, integrationId: string, code: string, _options: unknown) => {
        await releaseIssues(services, await operatorScopeOf(services, "integration", integrationId), integrationId, code);
        return { json: { integrationId, code }, lines: ["Released."] };
      }),
    );
  return issue;
}
