import type { Command } from "commander";
import { productEnvironment } from "#cli/support/product-environment.ts";
import { migrate } from "#lib/db/migrate.ts";
import { parseEnv } from "#lib/env.ts";
import { openServices, type Services } from "#lib/services.ts";
import { print, type Result } from "./output.ts";

export type Work<Args extends unknown[]> = (services: Services, ...args: Args) => Promise<Result>;

/**
 * Turns a piece of work into a command's action: opens the services of the product's database, prints what came of it, and closes
 * everything. `prepare` migrates first, for the command that is the first on a fresh database.
 */
export function action<Args extends unknown[]>(work: Work<Args>, options: { readonly prepare?: boolean } = {}) {
  return async (...args: [...Args, Command]): Promise<void> => {
    const command = args.at(-1) as Command;
    const product = await productEnvironment(process.env);
    try {
      const env = parseEnv(product.variables);
      if (options.prepare) await migrate(env.databaseUrl);
      const services = await openServices(env, { applicationName: "aivo-sis", max: 4 });
      try {
        const result = await work(services, ...(args.slice(0, -1) as Args));
        await print(isJson(command) ? JSON.stringify(result.json, null, 2) : result.lines.join("\n"));
        process.exitCode = result.exitCode ?? 0;
      } finally {
        await services.close();
      }
    } finally {
      await product.release();
    }
  };
}

export function isJson(command: Command): boolean {
  return command.optsWithGlobals<{ json?: boolean }>().json === true;
}
