import { Command } from "commander";
import { addBlackout, listBlackouts, removeBlackout } from "#lib/services/blackouts/write.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { action } from "./context.ts";
import { table } from "./output.ts";

/** `integration blackout …` */
export function blackoutCommand(): Command {
  const blackout = new Command("blackout").description("days on which no scheduled sync starts");
  blackout
    .command("add <integration>")
    .requiredOption("--from <day>", "the first day, YYYY-MM-DD, in the district's time zone")
    .requiredOption("--to <day>", "the last day, included")
    .requiredOption("--note <text>", "why, for others to read")
    .option("--whole-district", "for all integrations of the district")
    .description("add days; prints their id")
    .action(
      action(async (services, id: string, options: { from: string; to: string; note: string; wholeDistrict?: boolean }) => {
        const scope = await operatorScopeOf(services, "integration", id);
        const { from: firstDay, to: lastDay, note, wholeDistrict: isForAll = false } = options;
        const added = await addBlackout(services, scope, id, { firstDay, lastDay, note, isForAll });
        return { json: added, lines: [added.id] };
      }),
    );
  blackout
    .command("list <integration>")
    .description("list the days that are not over, of the integration and of its whole district")
    .action(
      action(async (services, id: string, _options: unknown) => {
        const blackouts = await listBlackouts(services, await operatorScopeOf(services, "integration", id), id);
        const rows = blackouts.map((one) => [
          one.id,
          one.firstDay,
          one.lastDay,
          one.integrationId === null ? "district" : "integration",
          one.note,
        ]);
        return { json: blackouts, lines: table(["id", "first day", "last day", "for", "note"], rows) };
      }),
    );
  blackout
    .command("remove <blackout>")
    .description("let scheduled syncs start on these days again")
    .action(
      action(async (services, id: string, _options: unknown) => {
        await removeBlackout(services, await operatorScopeOf(services, "blackout", id), id);
        return { json: { id }, lines: ["Removed."] };
      }),
    );
  return blackout;
}
