import { Command, CommanderError, type OutputConfiguration } from "commander";
import { CommandError, isReaderGone, printError } from "./output.ts";
import { belongsTo, type ExitCode, type Invocation, type Terminal } from "./terminal.ts";

/** What is not asked for is not loaded: half of a short command's time goes into modules. */
const groups: Readonly<Record<string, () => Promise<Command>>> = {
  district: async () => (await import("./districts.ts")).districtCommand(),
  admin: async () => (await import("./districts.ts")).adminCommand(),
  account: async () => (await import("./districts.ts")).accountCommand(),
  person: async () => (await import("./edits.ts")).personCommand(),
  classroom: async () => (await import("./edits.ts")).classroomCommand(),
  classrooms: async () => (await import("./classes.ts")).classroomsCommand(),
  "class-decisions": async () => (await import("./class-decisions.ts")).classDecisionsCommand(),
  "can-see": async () => (await import("./classes.ts")).canSeeCommand(),
  find: async () => (await import("./find.ts")).findCommand(),
  why: async () => (await import("./why.ts")).whyCommand(),
  days: async () => (await import("./classes.ts")).daysCommand(),
  edits: async () => (await import("./edits.ts")).editsCommand(),
  integration: async () => (await import("./integrations.ts")).integrationCommand(),
  scope: async () => (await import("./scope.ts")).scopeCommand(),
  sync: async () => (await import("./syncs.ts")).syncCommand(),
  notification: async () => (await import("./notifications.ts")).notificationCommand(),
  webhook: async () => (await import("./webhooks.ts")).webhookCommand(),
  token: async () => (await import("./tokens.ts")).tokenCommand(),
  "sign-in": async () => (await import("./sign-in.ts")).signInCommand(),
  retention: async () => (await import("./retention.ts")).retentionCommand(),
  issue: async () => (await import("./issues.ts")).issueCommand(),
  withheld: async () => (await import("./withheld.ts")).withheldCommand(),
  conflicts: async () => (await import("./conflicts.ts")).conflictsCommand(),
  roster: async () => (await import("./operations.ts")).rosterCommand(),
  audit: async () => (await import("./audit.ts")).auditCommand(),
  keys: async () => (await import("./operations.ts")).keysCommand(),
  database: async () => (await import("./database.ts")).databaseCommand(),
  doctor: async () => (await import("./doctor.ts")).doctorCommand(),
  backup: async () => (await import("./backup.ts")).backupCommand(),
  restore: async () => (await import("./backup.ts")).restoreCommand(),
};

/** A command that can be typed, and what it says of itself. */
export interface KnownCommand {
  readonly words: string;
  readonly says: string;
}

/** Every command there is, by the definitions that are run. */
export async function knownCommands(): Promise<readonly KnownCommand[]> {
  const all = await Promise.all(Object.values(groups).map((load) => load()));
  return all.flatMap((command) => commandsOf(command, ""));
}

/** Commander's own `help` is not among them. */
function commandsOf(command: Command, before: string): KnownCommand[] {
  const name = `${before}${command.name()}`;
  if (command.commands.length > 0) return command.commands.flatMap((one) => commandsOf(one, `${name} `));
  const given = command.registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`));
  return [{ words: [name, ...given].join(" "), says: command.description() }];
}

/**
 * `npm run sis -- <words>`: everything that can be automated, on the database that the app uses (DATABASE_URL, or the embedded
 * one of AIVO_DATA_DIR). With --json, stdout is given one JSON document and nothing else, also for errors. Answers the exit code.
 */
export async function commandLine(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const asJson = words.includes("--json");
  const invocation: Invocation = { terminal, exitCode: 0 };
  const program = new Command("sis")
    .description("Aivo SIS rostering sync: the operator's commands")
    .option("--json", "print one JSON document");
  belongsTo(program, invocation);
  const asked = words.find((word) => !word.startsWith("-")) ?? "";
  for (const load of Object.hasOwn(groups, asked) ? [groups[asked]] : Object.values(groups)) if (load) program.addCommand(await load());
  const help: Promise<void>[] = [];
  explainUsageErrors(program, [], {
    writeOut: (text) => void help.push(terminal.write(text).catch(() => {})),
    writeErr: asJson ? () => {} : terminal.complain,
    outputError: (message, write) => write(message.replace(/^error: /, "Error: ")),
  });
  program.addHelpText(
    "after",
    `
Ids are what "district list", "integration list" and "sync list INTEGRATION" print. --json may stand anywhere.
Exit code: 0 done, 1 failed, 2 held for review.`,
  );
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    if (!isReaderGone(error) && !(error instanceof CommanderError && error.exitCode === 0)) {
      invocation.exitCode = 1;
      await tell(error, terminal, asJson);
    }
  }
  await Promise.all(help);
  return invocation.exitCode;
}

async function tell(error: unknown, terminal: Terminal, asJson: boolean): Promise<void> {
  if (!(error instanceof CommanderError)) return printError(error, terminal, asJson);
  const message = error.code === "commander.help" ? "Name a command; --help lists them." : error.message.replace(/^error: /, "");
  if (asJson) await printError(new CommandError("usage", message), terminal, true);
}

/** Usage errors are thrown instead of ending the process, and say where help is; with --json they are not written to stderr as well. */
function explainUsageErrors(command: Command, path: readonly string[], output: OutputConfiguration): void {
  command.exitOverride();
  command.showHelpAfterError(`How it is used: npm run sis -- ${[...path, "--help"].join(" ")}`);
  command.configureOutput(output);
  for (const inner of command.commands) explainUsageErrors(inner, [...path, inner.name()], output);
}
