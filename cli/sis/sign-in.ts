import { Command } from "commander";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { setDomains } from "#lib/services/identity/domains.ts";
import { readSignIn } from "#lib/services/identity/read.ts";
import { releaseIdentity } from "#lib/services/identity/release.ts";
import { addProvider, changeProvider, removeProvider, setOwnAccountsOnly, testProvider } from "#lib/services/identity/write.ts";
import { action } from "./context.ts";
import { readText } from "./input.ts";
import { CommandError, table } from "./output.ts";

const kind = "way of signing in";

export function signInCommand(): Command {
  const signIn = new Command("sign-in").description("how a district's people sign in: its own accounts at an OpenID provider");
  signIn
    .command("show")
    .requiredOption("--district <id>", "the district's id")
    .description("show a district's providers and domains, and whether passwords go")
    .action(
      action(async (services, { district }: { district: string }) => {
        const settings = await readSignIn(services, await operatorScopeOf(services, "district", district));
        const rows = settings.providers.map((one) => [one.id, one.preset, one.label, one.issuer, one.tenant, one.provenAt, one.people]);
        return {
          json: settings,
          lines: [
            ...table(["id", "provider", "name", "issuer", "tenant", "proven", "people"], rows),
            `domains    ${settings.domains.join(", ") || "none"}`,
            `passwords  ${settings.onlySince === null ? "go" : `off since ${settings.onlySince}`}`,
          ],
        };
      }),
    );
  signIn
    .command("add")
    .requiredOption("--district <id>", "the district's id")
    .requiredOption("--from <file>", fileWords)
    .description("add a provider; prints its id")
    .action(
      action(async (services, { district, from }: { district: string; from: string }) => {
        const scope = await operatorScopeOf(services, "district", district);
        const added = await addProvider(services, scope, await readInput(from));
        return { json: added, lines: [added.id] };
      }),
    );
  signIn
    .command("change <provider>")
    .requiredOption("--from <file>", `${fileWords}; without clientSecret the stored one stays`)
    .description("set a provider up anew")
    .action(
      action(async (services, id: string, { from }: { from: string }) => {
        await changeProvider(services, await operatorScopeOf(services, kind, id), id, await readInput(from));
        return { json: { id }, lines: ["Saved."] };
      }),
    );
  signIn
    .command("test <provider>")
    .description("read what a provider says of itself")
    .action(
      action(async (services, id: string, _options: unknown) => {
        const found = await testProvider(services, await operatorScopeOf(services, kind, id), id);
        return { json: found, lines: Object.entries(found).map(([name, value]) => `${name}  ${value ?? "–"}`) };
      }),
    );
  signIn
    .command("remove <provider>")
    .description("nobody signs in with it any more")
    .action(
      action(async (services, id: string, _options: unknown) => {
        await removeProvider(services, await operatorScopeOf(services, kind, id), id);
        return { json: { id }, lines: ["Removed."] };
      }),
    );
  signIn
    .command("domains")
    .requiredOption("--district <id>", "the district's id")
    .requiredOption("--set <domains>", "these, joined by commas; blank for none")
    .description("choose the email domains by which the sign-in page knows the district")
    .action(
      action(async (services, { district, set }: { district: string; set: string }) => {
        const domains = await setDomains(services, await operatorScopeOf(services, "district", district), set.split(","));
        return { json: { domains }, lines: [domains.join(", ") || "none"] };
      }),
    );
  signIn
    .command("passwords")
    .requiredOption("--district <id>", "the district's id")
    .option("--off", "the district's own accounts are the only way in")
    .option("--on", "passwords go again: the way out when a provider fails")
    .description("say whether passwords sign in")
    .action(
      action(async (services, { district, off, on }: { district: string; off?: boolean; on?: boolean }) => {
        if (off === on) throw new CommandError("usage", "Say --on or --off");
        await setOwnAccountsOnly(services, await operatorScopeOf(services, "district", district), off === true);
        return { json: { passwords: on === true }, lines: [on === true ? "Passwords go." : "Passwords are off."] };
      }),
    );
  signIn
    .command("release <account>")
    .description("let an account be linked anew to one of the provider's")
    .action(
      action(async (services, id: string, _options: unknown) => {
        const done = await releaseIdentity(services, await operatorScopeOf(services, "account", id), id);
        return { json: done, lines: [`Released: ${done.released}.`] };
      }),
    );
  return signIn;
}

const fileWords =
  "JSON: preset, label, clientId, clientSecret, and what the preset needs of tenant, issuer, matchBy, integrationId, sisIdClaim (- for standard input)";

async function readInput(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readText(file));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    // Nothing of it is quoted: it has a secret.
    throw new CommandError("invalid", `${file} is no JSON.`);
  }
}
