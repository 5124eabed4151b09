import { Command, CommanderError } from "commander";
import { accountCommand, adminCommand, districtCommand } from "./sis/districts.ts";
import { integrationCommand } from "./sis/integrations.ts";
import { auditCommand, keysCommand, rosterCommand } from "./sis/operations.ts";
import { CommandError, printError } from "./sis/output.ts";
import { syncCommand } from "./sis/syncs.ts";

/**
 * `npm run sis -- <command>`: everything that can be automated, on the database that the app uses (DATABASE_URL, or the embedded
 * one of AIVO_DATA_DIR). With --json, stdout holds one JSON document and nothing else, also for errors.
 */
const asJson = process.argv.includes("--json");
const program = new Command("sis")
  .description("Aivo SIS rostering sync: the operator's commands")
  .option("--json", "print one JSON document");
for (const command of [
  districtCommand(),
  adminCommand(),
  accountCommand(),
  integrationCommand(),
  syncCommand(),
  rosterCommand(),
  auditCommand(),
  keysCommand(),
]) {
  program.addCommand(command);
}
silenceUsageErrors(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exit(0);
  process.exitCode = 1;
  if (!(error instanceof CommanderError)) await printError(error, asJson);
  else if (asJson) await printError(new CommandError("usage", error.message.replace(/^error: /, "")), true);
}

/** Usage errors are thrown instead of ending the process; with --json they are not written to stderr as well. */
function silenceUsageErrors(command: Command): void {
  command.exitOverride();
  if (asJson) command.configureOutput({ writeErr: () => {} });
  for (const inner of command.commands) silenceUsageErrors(inner);
}
