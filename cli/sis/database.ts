import { Command, InvalidArgumentError } from "commander";
import postgres from "postgres";
import { defaultShards, distribute } from "#lib/platform/db/citus/distribute.ts";
import { action } from "./context.ts";

/** More than this many parts are more tables on each node than PostgreSQL opens gladly: a part has one for each month. */
const mostShards = 512;

export function databaseCommand(): Command {
  const database = new Command("database").description("where the tables lie");
  database
    .command("distribute")
    .option("--shards <count>", "into how many parts, the first time", shardCount, defaultShards)
    .description("distribute all tables by district on Citus, or say what is missing for it; can be repeated and interrupted")
    .action(
      action(async (services, { shards }: { shards: number }) => {
        const sql = postgres(services.env.databaseUrl, { max: 1, onnotice: () => {}, connection: { application_name: "aivo distribute" } });
        try {
          const result = await distribute(sql, shards);
          const done = result.done.map((step) => `${step}.`);
          if (result.ok) {
            const last = done.length === 0 ? "There was nothing to do: " : "";
            return { json: result, lines: [...done, `${last}${result.tables} tables are distributed by district.`] };
          }
          const missing = result.missing.flatMap(({ what, remedy }) => [what, `  ${remedy}`]);
          const nothing = done.length === 0 ? ["Nothing was changed. This is missing:"] : [...done, "This is missing:"];
          return { json: result, lines: [...nothing, ...missing], exitCode: 1 };
        } finally {
          await sql.end();
        }
      }),
    );
  return database;
}

function shardCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > mostShards)
    throw new InvalidArgumentError(`A whole number from 1 to ${mostShards}.`);
  return count;
}
