import { Command } from "commander";
import { operatorScope } from "#lib/platform/access.ts";
import { type AccountListItem, listAccounts } from "#lib/services/accounts/read.ts";
import { createAdmin, deactivateAccount, reactivateAccount, setPassword } from "#lib/services/accounts/write.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { listDistricts } from "#lib/services/districts/read.ts";
import { createDistrict } from "#lib/services/districts/write.ts";
import { action } from "./context.ts";
import { addDistrictEnd } from "./district-end.ts";
import { CommandError, table } from "./output.ts";

export function districtCommand(): Command {
  const district = new Command("district").description("districts of this installation");
  district
    .command("create")
    .requiredOption("--name <name>", "the district's name")
    .requiredOption("--timezone <zone>", "IANA time zone of its schedules and dates, for example America/Chicago")
    .option("--retention-days <days>", "days that a deactivated account's data is kept", "365")
    .description("create a district; prints its id")
    .action(
      action(
        async (services, { name, timezone, retentionDays }: { name: string; timezone: string; retentionDays: string }) => {
          const { id } = await createDistrict(services, { name, timezone, retentionDays });
          return { json: { id }, lines: [id] };
        },
        { prepare: true },
      ),
    );
  district
    .command("list")
    .description("list the districts")
    .action(
      action(async (services, _options: unknown) => {
        const districts = await listDistricts(services);
        return {
          json: districts,
          lines: table(
            ["id", "name", "time zone", "retention", "state"],
            districts.map((d) => [
              d.id,
              d.name,
              d.timezone,
              `${d.retentionDays} days`,
              d.deletingAt ? "being deleted" : d.suspendedAt ? `suspended since ${d.suspendedAt.toISOString()}` : "in use",
            ]),
          ),
        };
      }),
    );
  addDistrictEnd(district);
  return district;
}

export function adminCommand(): Command {
  const admin = new Command("admin").description("district admins");
  admin
    .command("create")
    .requiredOption("--district <id>", "the district's id")
    .requiredOption("--email <email>", "the address to sign in with")
    .option("--given-name <name>", "given name", "District")
    .option("--family-name <name>", "family name", "Admin")
    .description("create a district admin; prints a one-time password")
    .action(
      action(async (services, options: { district: string; email: string; givenName: string; familyName: string }) => {
        const scope = await operatorScopeOf(services, "district", options.district);
        const { id, password } = await createAdmin(services, scope, options);
        return {
          json: { id, email: options.email.trim().toLowerCase(), password },
          lines: [`id        ${id}`, `password  ${password}`, "It is shown only now."],
        };
      }),
    );
  return admin;
}

const roles = ["admin", "teacher", "learner"] as const;

export function accountCommand(): Command {
  const account = new Command("account").description("accounts of a district");
  account
    .command("list")
    .requiredOption("--district <id>", "the district's id")
    .option("--role <role>", `one of ${roles.join(", ")}`, "admin")
    .description("list accounts of one role")
    .action(
      action(async (services, { district, role }: { district: string; role: string }) => {
        if (!isRole(role)) throw new CommandError("usage", `--role is one of ${roles.join(", ")}`);
        await operatorScopeOf(services, "district", district);
        const accounts = await listAccounts(services, operatorScope(district), role);
        return {
          json: accounts,
          lines: table(
            ["id", "name", "email", "status"],
            accounts.map((a) => [a.id, a.name, a.email, a.status]),
          ),
        };
      }),
    );
  account
    .command("deactivate <id>")
    .description("deactivate an account; its sessions end, and a sync does not bring it back")
    .action(
      action(async (services, id: string, _options: unknown) => {
        await deactivateAccount(services, await operatorScopeOf(services, "account", id), id);
        return { json: { id, status: "deactivated" }, lines: ["Deactivated."] };
      }),
    );
  account
    .command("reactivate <id>")
    .description("let an account sign in again")
    .action(
      action(async (services, id: string, _options: unknown) => {
        await reactivateAccount(services, await operatorScopeOf(services, "account", id), id);
        return { json: { id, status: "active" }, lines: ["Active."] };
      }),
    );
  account
    .command("set-password <id>")
    .description("give an account a one-time password; its sessions end")
    .action(
      action(async (services, id: string, _options: unknown) => {
        const { password } = await setPassword(services, await operatorScopeOf(services, "account", id), id);
        return { json: { id, password }, lines: [`password  ${password}`, "It is shown only now."] };
      }),
    );
  return account;
}

function isRole(role: string): role is AccountListItem["role"] {
  return (roles as readonly string[]).includes(role);
}
