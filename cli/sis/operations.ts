import { resolve } from "node:path";
import { Command, Option } from "commander";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { resealAll } from "#lib/services/integrations/rotate-keys.ts";
import { exportRoster } from "#lib/services/roster-export/export.ts";
import { showEverybody } from "#lib/services/views/record.ts";
import { action } from "./context.ts";
import { table } from "./output.ts";

export function rosterCommand(): Command {
  const roster = new Command("roster").description("the roster as Aivo has it");
  roster
    .command("export")
    .requiredOption("--district <id>", "the district's id")
    .requiredOption("--to <directory>", "where the files go; made if it is not there")
    .option("--integration <id>", "name every record as this integration does; records it does not know are left out")
    .addOption(new Option("--oneroster <version>", "which OneRoster the set is").choices(["1.1", "1.2"]).default("1.1"))
    .description("write the roster as a OneRoster bulk CSV set")
    .action(
      action(async (services, options: { district: string; to: string; integration?: string; oneroster: OneRosterVersion }) => {
        const scope = await operatorScopeOf(services, "district", options.district);
        await showEverybody(services, scope, { door: "sis roster export" });
        const exported = await exportRoster(services, scope, resolve(options.to), options.integration ?? null, options.oneroster);
        const leftOut =
          exported.leftOut > 0 ? [`${exported.leftOut} left out, because they need a record that this integration does not know.`] : [];
        return { json: exported, lines: [...table(["file", "rows"], Object.entries(exported.rows)), ...leftOut] };
      }),
    );
  return roster;
}

export function keysCommand(): Command {
  const keys = new Command("keys").description("the keys that seal credentials");
  keys
    .command("rotate")
    .description("put every stored secret under the first key of AIVO_ENCRYPTION_KEYS")
    .action(
      action(async (services, _options: unknown) => {
        const { secrets, failed } = await resealAll(services);
        const lines = [
          `${secrets} secrets were sealed anew.`,
          ...(failed.length === 0 ? [`All are under the key “${services.keyring.current}”.`] : []),
          ...failed.map(({ integrationId, message }) => `${integrationId}: ${message}`),
        ];
        return { json: { key: services.keyring.current, secrets, failed }, lines, exitCode: failed.length === 0 ? 0 : 1 };
      }),
    );
  return keys;
}
