import { resolve } from "node:path";
import type { Command } from "commander";
import { deleteDistrict, listDeletedDistricts } from "#lib/services/districts/delete.ts";
import { exportDistrict } from "#lib/services/districts/export.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { resumeDistrict, suspendDistrict } from "#lib/services/districts/suspend.ts";
import { showEverybody } from "#lib/services/views/record.ts";
import { action } from "./context.ts";
import { table } from "./output.ts";

/** Adds what ends a district, or pauses it: `district suspend`, `resume`, `export`, `delete`, `deleted`. */
export function addDistrictEnd(district: Command): void {
  district
    .command("suspend <district>")
    .requiredOption("--reason <text>", "why; it stands in the audit log")
    .description("let nobody sign in, sync nothing and send nothing; all data stays")
    .action(
      action(async (services, id: string, { reason }: { reason: string }) => {
        const { stopping } = await suspendDistrict(services, await operatorScopeOf(services, "district", id), { reason });
        const lines = ["Suspended.", ...(stopping > 0 ? [`Syncs that end at their next step: ${stopping}`] : [])];
        return { json: { id, state: "suspended", stopping }, lines };
      }),
    );
  district
    .command("resume <district>")
    .description("let a suspended district be used again")
    .action(
      action(async (services, id: string, _options: unknown) => {
        await resumeDistrict(services, await operatorScopeOf(services, "district", id));
        return { json: { id, state: "in use" }, lines: ["In use again."] };
      }),
    );
  district
    .command("export <district>")
    .requiredOption("--to <file>", "where the archive goes: a ZIP of JSON lines and CSV, readable by you alone")
    .description("write all that is kept of a district, but secrets, into one file")
    .action(
      action(async (services, id: string, { to }: { to: string }) => {
        const scope = await operatorScopeOf(services, "district", id);
        await showEverybody(services, scope, { door: "sis district export" });
        const exported = await exportDistrict(services, scope, resolve(to));
        return { json: exported, lines: table(["table", "rows"], Object.entries(exported.rows)) };
      }),
    );
  district
    .command("delete <district>")
    .requiredOption("--name <name>", "the district's name, so that no id is mistyped")
    .requiredOption("--reason <text>", "why; it is kept with the counts")
    .description("delete everything of a suspended district, for good; interrupted, it goes on when said again")
    .action(
      action(async (services, id: string, given: { name: string; reason: string }) => {
        const deleted = await deleteDistrict(services, await operatorScopeOf(services, "district", id), given);
        return { json: deleted, lines: [...table(["table", "rows"], Object.entries(deleted.rows)), "", "Deleted."] };
      }),
    );
  district
    .command("deleted")
    .description("list the districts that were deleted, and those whose deletion was interrupted")
    .action(
      action(async (services, _options: unknown) => {
        const deleted = await listDeletedDistricts(services);
        const rows = deleted.map((d) => [d.id, d.name, d.beganAt, d.endedAt ?? "interrupted", d.reason]);
        return { json: deleted, lines: table(["id", "name", "begun", "ended", "reason"], rows) };
      }),
    );
}
