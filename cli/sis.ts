import { Command, CommanderError } from "commander";
import { CommandError, isReaderGone, printError } from "./sis/output.ts";

/**
 * `npm run sis -- <command>`: everything that can be automated, on the database that the app uses (DATABASE_URL, or the embedded
 * one of AIVO_DATA_DIR). With --json, stdout holds one JSON document and nothing else, also for errors.
 */
const asJson = process.argv.includes("--json");
/** What is not asked for is not loaded: half of a short command's time goes into modules. */
const groups: Readonly<Record<string, () => Promise<Command>>> = {
  district: async () => (await import("./sis/districts.ts")).districtCommand(),
  admin: async () => (await import("./sis/districts.ts")).adminCommand(),
  account: async () => (await import("./sis/districts.ts")).accountCommand(),
  integration: async () => (await import("./sis/integrations.ts")).integrationCommand(),
  sync: async () => (await import("./sis/syncs.ts")).syncCommand(),
  roster: async () => (await import("./sis/operations.ts")).rosterCommand(),
  audit: async () => (await import("./sis/operations.ts")).auditCommand(),
  keys: async () => (await import("./sis/operations.ts")).keysCommand(),
};
const program = new Command("sis")
  .description("Aivo SIS rostering sync: the operator's commands")
  .option("--json", "print one JSON document");
const asked = process.argv.slice(2).find((word) => !word.startsWith("-")) ?? "";
for (const load of Object.hasOwn(groups, asked) ? [groups[asked]] : Object.values(groups)) if (load) program.addCommand(await load());
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
