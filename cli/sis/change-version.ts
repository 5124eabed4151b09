import type { Command } from "commander";
import { oneRosterVersions } from "#lib/roster/version-change.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { changeVersion } from "#lib/services/integrations/change-version.ts";
import { action } from "./context.ts";
import { idOfRequested, waitFor } from "./syncs.ts";

/** Adds `integration change-version`. */
export function addChangeVersion(integration: Command): void {
  integration
    .command("change-version <integration>")
    .requiredOption("--to <version>", `the version of OneRoster to read from now on: ${oneRosterVersions.join(" or ")}`)
    .option("--wait", "wait until a worker has planned it")
    .description("plan what becomes of everybody in another version of OneRoster, in which ids may be others; sync approve applies it")
    .action(
      action(async (services, id: string, { to, wait }: { to: string; wait?: boolean }) => {
        const scope = await operatorScopeOf(services, "integration", id);
        const runId = idOfRequested(await changeVersion(services, scope, id, { to }, "command-line"));
        return wait ? waitFor(services, scope, runId) : { json: { runId, state: "queued" }, lines: [runId] };
      }),
    );
}
