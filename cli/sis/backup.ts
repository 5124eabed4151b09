import { resolve } from "node:path";
import { Command } from "commander";
import { productEnvironment } from "#cli/support/product-environment.ts";
import { restoreBackup } from "#lib/platform/db/backup/restore.ts";
import { writeBackup } from "#lib/platform/db/backup/write.ts";
import { parseEnv } from "#lib/platform/env.ts";
import { openSecrets } from "#lib/services/integrations/open-secrets.ts";
import { noteBackup } from "#lib/services/monitoring/machine.ts";
import { openServices } from "#lib/services/services.ts";
import { action, isJson } from "./context.ts";
import { print } from "./output.ts";
import { invocationOf } from "./terminal.ts";

export function backupCommand(): Command {
  return new Command("backup")
    .argument("<file>", "where it goes; must not be there yet")
    .description("write the whole database to one file, as it is at this moment, while everything runs; without the encryption keys")
    .action(
      action(async (services, name: string, _options: unknown) => {
        const file = resolve(name);
        const made = await writeBackup(services.db, services.env.databaseUrl, file);
        await noteBackup(services.env.dataDirectory);
        const keys = made.keys.join(", ");
        return {
          json: { file, ...made },
          lines: [
            `${made.rows} rows of ${made.tables} tables are in ${file}, as they were at ${made.madeAt}.`,
            made.keys.length === 0
              ? "It holds no sealed credentials."
              : `The encryption keys (${keys}) are not in it: keep them, and keep them apart. Without them credentials must be entered again.`,
          ],
        };
      }),
    );
}

export function restoreCommand(): Command {
  return new Command("restore")
    .argument("<file>", "a file that backup wrote")
    .description("fill an empty database from a backup, and bring it to this version")
    .action(async (name: string, _options: unknown, command: Command) => {
      const invocation = invocationOf(command);
      const { terminal } = invocation;
      const opening = productEnvironment(terminal.variables);
      terminal.beforeLeaving(() => opening.then((opened) => opened.release()));
      const product = await opening;
      try {
        const env = parseEnv(product.variables);
        const restored = await restoreBackup(env.databaseUrl, resolve(name));
        const services = await openServices(env, { applicationName: "aivo-sis", max: 2 });
        const { opened, closed } = await openSecrets(services).finally(() => services.close());
        if (isJson(command))
          return print(terminal, JSON.stringify({ ...restored, secretsOpened: opened, secretsClosed: closed.length }, null, 2));
        const lines = [
          `${restored.rows} rows of ${restored.tables} tables are as they were at ${restored.madeAt}.`,
          closed.length === 0
            ? `The encryption keys open all ${opened} stored secrets.`
            : `The encryption keys here do not open ${closed.length} of ${opened + closed.length} stored secrets. Put those of the backup (${restored.keys.join(", ")}) into AIVO_ENCRYPTION_KEYS, or into encryption-keys of the data directory.`,
          "Nothing else needs to be done: schedules that were missed are made up for by one sync each.",
        ];
        await print(terminal, lines.join("\n"));
      } finally {
        await product.release();
      }
    });
}
