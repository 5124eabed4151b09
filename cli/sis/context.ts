import type { Command } from "commander";
import { existingProductEnvironment, productEnvironment } from "#cli/support/product-environment.ts";
import { migrate } from "#lib/platform/db/migrate.ts";
import { parseEnv } from "#lib/platform/env.ts";
import { openServices, type Services } from "#lib/services/services.ts";
import { showOperator } from "#lib/services/views/record.ts";
import { CommandError, print, type Result, type Seeing } from "./output.ts";
import { type ExitCode, invocationOf, type Terminal } from "./terminal.ts";

export type Work<Args extends unknown[]> = (services: Services, ...args: Args) => Promise<Result>;

/**
 * Turns a piece of work into a command's action: opens the services of the product's database, prints what came of it, and closes
 * everything. `prepare` makes and migrates the database first, for the command that is the first on a fresh one.
 */
export function action<Args extends unknown[]>(work: Work<Args>, options: { readonly prepare?: boolean } = {}) {
  return async (...args: [...Args, Command]): Promise<void> => {
    const command = args.at(-1) as Command;
    const invocation = invocationOf(command);
    const { terminal } = invocation;
    const opening = (options.prepare ? productEnvironment : existingProductEnvironment)(terminal.variables);
    // A database that this command started must not outlive it.
    terminal.beforeLeaving(() => opening.then((opened) => opened?.release()));
    const product = await opening;
    if (!product) throw new CommandError("no-database", noDatabase);
    try {
      const env = parseEnv(product.variables);
      if (options.prepare) await migrate(env.databaseUrl);
      const services = await openServices(env, { applicationName: "aivo-sis", max: 4 });
      try {
        const result = await work(services, ...(args.slice(0, -1) as Args));
        const door = wordsOf(command);
        const seeing: Seeing = (shown) => showOperator(services, door, shown);
        invocation.exitCode = await printResult(result, terminal, isJson(command), seeing);
      } finally {
        await services.close();
      }
    } finally {
      await product.release();
    }
  };
}

const noDatabase =
  "There is no database of Aivo's here yet. Name another place in AIVO_DATA_DIR or DATABASE_URL, or begin with: district create.";

/** "sis person export" */
function wordsOf(command: Command): string {
  return command.parent ? `${wordsOf(command.parent)} ${command.name()}` : command.name();
}

async function printResult(result: Result, terminal: Terminal, asJson: boolean, seeing: Seeing): Promise<ExitCode> {
  if ("print" in result) return result.print(terminal, asJson, seeing);
  await seeing(result.json);
  await print(terminal, asJson ? JSON.stringify(result.json, null, 2) : result.lines.join("\n"));
  return result.exitCode ?? 0;
}

export function isJson(command: Command): boolean {
  return command.optsWithGlobals<{ json?: boolean }>().json === true;
}
