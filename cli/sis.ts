import { Command, CommanderError } from "commander";
import { accountCommand, adminCommand, districtCommand } from "./sis/districts.ts";
import { integrationCommand } from "./sis/integrations.ts";
import { auditCommand, keysCommand, rosterCommand } from "./sis/operations.ts";
import { CommandError, isReaderGone, printError } from "./sis/output.ts";
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
explainUsageErrors(program, []);
program.addHelpText(
  "after",
  `
Ids are what "district list", "integration list" and "sync list INTEGRATION" print. --json may stand anywhere.
Exit code: 0 done, 1 failed, 2 held for review.`,
);

// `print` passes on that the reader has left; Node would end the process with it as well.
process.stdout.on("error", () => {});
try {
  await program.parseAsync();
} catch (error) {
  if (!isReaderGone(error) && !(error instanceof CommanderError && error.exitCode === 0)) await tell(error);
}

async function tell(error: unknown): Promise<void> {
  process.exitCode = 1;
  if (!(error instanceof CommanderError)) return printError(error, asJson);
  const message = error.code === "commander.help" ? "Name a command; --help lists them." : error.message.replace(/^error: /, "");
  if (asJson) await printError(new CommandError("usage", message), true);
}

/** Usage errors are thrown instead of ending the process, and say where help is; with --json they are not written to stderr as well. */
function explainUsageErrors(command: Command, path: readonly string[]): void {
  command.exitOverride();
  command.showHelpAfterError(`How it is used: npm run sis -- ${[...path, "--help"].join(" ")}`);
  command.configureOutput({
    outputError: (message, write) => write(message.replace(/^error: /, "Error: ")),
    ...(asJson && { writeErr: () => {} }),
  });
  for (const inner of command.commands) explainUsageErrors(inner, [...path, inner.name()]);
}
