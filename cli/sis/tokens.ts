import { Command } from "commander";
import { listApiClients } from "#lib/services/api/read.ts";
import { longestDays } from "#lib/services/api/schema.ts";
import { createApiClient, revokeApiClient } from "#lib/services/api/write.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { action } from "./context.ts";
import { table } from "./output.ts";

interface Asked {
  readonly district: string;
  readonly name: string;
  readonly days: string;
  readonly scopes?: string;
  readonly application?: boolean;
}

export function tokenCommand(): Command {
  const token = new Command("token").description(
    "access for a district's own programs: tokens of the API, and applications that read over OneRoster",
  );
  token
    .command("create")
    .requiredOption("--district <id>", "the district's id")
    .requiredOption("--name <name>", "what it is for")
    .option("--scopes <scopes>", "what it may do, joined by commas: read:roster,read:runs,…")
    .option("--application", "an application that reads the roster over OneRoster, with client id and secret")
    .option("--days <days>", `until it expires; at most ${longestDays}`, "90")
    .description("give access; prints what is secret, which is shown only now")
    .action(
      action(async (services, { district, name, days, scopes, application }: Asked) => {
        const scope = await operatorScopeOf(services, "district", district);
        const chosen = (scopes ?? "").split(",").flatMap((one) => one.trim() || []);
        const input = application ? { kind: "application", name, days } : { kind: "token", name, days, scopes: chosen };
        const made = await createApiClient(services, scope, input);
        const lines = [...(made.clientId === null ? [] : [`client id  ${made.clientId}`]), `secret     ${made.secret}`];
        return { json: made, lines: [made.id, ...lines, "The secret is shown only now."] };
      }),
    );
  token
    .command("list")
    .requiredOption("--district <id>", "the district's id")
    .description("list tokens and applications, newest first")
    .action(
      action(async (services, { district }: { district: string }) => {
        const clients = await listApiClients(services, await operatorScopeOf(services, "district", district));
        const rows = clients.map((one) => [
          one.id,
          one.kind,
          one.name,
          one.state,
          `…${one.hint}`,
          one.scopes.join(","),
          one.expiresAt,
          one.lastUsedAt,
        ]);
        return { json: clients, lines: table(["id", "kind", "name", "state", "secret", "scopes", "expires", "last used"], rows) };
      }),
    );
  token
    .command("revoke <token>")
    .description("end the access at once")
    .action(
      action(async (services, id: string, _options: unknown) => {
        await revokeApiClient(services, await operatorScopeOf(services, "token", id), id);
        return { json: { id, state: "revoked" }, lines: ["Revoked."] };
      }),
    );
  return token;
}
