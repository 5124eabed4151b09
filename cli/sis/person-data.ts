import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { erasePerson, viewErasure } from "#lib/services/retention/erase.ts";
import { exportPerson } from "#lib/services/retention/export-person.ts";
import { action } from "./context.ts";

interface EraseOptions {
  readonly name: string;
  readonly reason: string;
  /** False with --no-bar. */
  readonly bar: boolean;
  readonly preview?: boolean;
}

/** Adds `person export` and `person erase`. */
export function addPersonData(person: Command): void {
  person
    .command("export <id>")
    .requiredOption("--to <file>", "where the archive goes: a ZIP of JSON and CSV, readable by you alone")
    .description("write all that Aivo has about one person into one file")
    .action(
      action(async (services, id: string, { to }: { to: string }) => {
        const file = resolve(to);
        const archive = await exportPerson(services, await operatorScopeOf(services, "account", id), id);
        const aside = `${file}.part`;
        try {
          await pipeline(archive, createWriteStream(aside, { mode: 0o600 }));
          await rename(aside, file);
        } finally {
          await rm(aside, { force: true });
        }
        return { json: { id, file }, lines: [file] };
      }),
    );
  person
    .command("erase <id>")
    .option("--name <name>", "first and last name as Aivo has them, so that no id is mistyped")
    .option("--reason <text>", "why; it stands in the audit log, which keeps no name")
    .option("--no-bar", "let the next sync bring them back, if a SIS still has them")
    .option("--preview", "show what would be erased, and whether a SIS still has them")
    .description("erase all that Aivo has about one person, for good; syncs leave out what a SIS still says of them")
    .action(
      action(async (services, id: string, { name, reason, bar, preview }: EraseOptions) => {
        const scope = await operatorScopeOf(services, "account", id);
        if (preview) {
          const view = await viewErasure(services, scope, id);
          const still = view.integrations.filter(({ isRostered }) => isRostered).map(({ name }) => name);
          const lines = [
            `${view.name}, with ${view.memberships} class memberships.`,
            ...(still.length > 0 ? [`Still in: ${still.join(", ")}. Syncs leave them out from then on, unless you say --no-bar.`] : []),
            ...(view.hold ? [`Held from erasure: ${view.hold.reason}`] : []),
          ];
          return { json: { id, ...view }, lines };
        }
        const erased = await erasePerson(services, scope, id, { name, reason, bar });
        const lines = [
          `Erased, with ${erased.memberships} class memberships.`,
          ...(erased.barred > 0 ? [`Records that syncs leave out from now on: ${erased.barred} (retention barred)`] : []),
          ...(erased.plansDiscarded > 0 ? [`Plans that waited and were discarded: ${erased.plansDiscarded}`] : []),
        ];
        return { json: { id, ...erased }, lines };
      }),
    );
}
