import type { Command } from "commander";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { disconnectIntegration, disconnectNumbers } from "#lib/services/integrations/disconnect.ts";
import { afterwards, type DisconnectNumbers } from "#lib/services/integrations/disconnect-schema.ts";
import { action } from "./context.ts";
import { CommandError, table } from "./output.ts";
import { waitFor } from "./syncs.ts";

interface Options {
  readonly people?: string;
  readonly reason?: string;
  readonly preview?: boolean;
  readonly wait?: boolean;
}

/** Adds `integration remove`. */
export function addRemove(integration: Command): void {
  integration
    .command("remove <integration>")
    .option("--people <what>", `what becomes of its people: ${afterwards.join(" or ")}`)
    .option("--reason <text>", "why, for whoever asks later")
    .option("--preview", "show the numbers, and plan what deactivating would do, without doing it; the plan is applied by sync approve")
    .option("--wait", "wait until a worker has deactivated, or planned, what nothing else has")
    .description("disconnect it: says first whom that means; it cannot be undone, since secrets and decisions are erased; history stays")
    .action(
      action(async (services, id: string, { people, reason, preview, wait }: Options) => {
        const scope = await operatorScopeOf(services, "integration", id);
        const numbers = await disconnectNumbers(services, scope, id);
        const lines = inWords(numbers);
        if (people === undefined && preview) return { json: { id, numbers }, lines };
        if (people === undefined)
          throw new CommandError("usage", `Say what becomes of its people: --people ${afterwards.join(" or ")}.\n${lines.join("\n")}`, {
            numbers,
          });
        if (preview && people === "leave") return { json: { id, numbers }, lines };
        const isPreview = preview === true;
        const done = await disconnectIntegration(services, scope, id, { people, reason }, { isPreview, trigger: "command-line" });
        if (!done.ok)
          throw new CommandError(
            done.reason,
            `A sync of this integration is running or queued: ${done.runId}. Wait for its end, or cancel it, then disconnect.`,
            { runId: done.runId },
          );
        if (done.runId === null)
          return { json: { id, state: "removed", people, numbers }, lines: [...lines, "", "The integration is removed. Its people stay."] };
        if (wait) {
          const ended = await waitFor(services, scope, done.runId);
          return { ...ended, json: { id, people, numbers, run: ended.json }, lines: [...lines, "", ...ended.lines] };
        }
        return { json: { id, people, numbers, runId: done.runId, state: "queued" }, lines: [...lines, "", done.runId] };
      }),
    );
}

function inWords({ counts, others, ends }: DisconnectNumbers): string[] {
  const rows = counts.filter((one) => one.alone + one.shared > 0).map((one) => [one.kind, one.alone, one.shared, one.edited]);
  return [
    ...(rows.length === 0
      ? ["No active record is from this integration."]
      : table(["active", "from it alone", "another has, too", "edited in Aivo"], rows)),
    ...(others.length > 0 ? [`What others have too stays with: ${others.join(", ")}`] : []),
    ...(ends.withheld > 0 ? [`Changes that wait for a decision and end: ${ends.withheld}`] : []),
    ...(ends.plans > 0 ? [`Plans that wait and are discarded: ${ends.plans}`] : []),
    ...(ends.unplaced > 0 ? [`Records that never became anybody, and are forgotten: ${ends.unplaced}`] : []),
    "It cannot be undone: credentials and decisions are erased. Connecting the SIS again finds the same people by number and email.",
  ];
}
