import { Command } from "commander";
import { operatorScope } from "#lib/platform/access.ts";
import { type AdminRole, adminRoles } from "#lib/platform/roles.ts";
import { listFactors } from "#lib/services/accounts/factors/read.ts";
import { resetSecondFactor } from "#lib/services/accounts/factors/remove.ts";
import { sendPasswordLink } from "#lib/services/accounts/password-links.ts";
import { type AccountListItem, listAccounts } from "#lib/services/accounts/read.ts";
import { changeRole } from "#lib/services/accounts/roles.ts";
import { endSessions, listSessions } from "#lib/services/accounts/sessions.ts";
import { createAdmin, deactivateAccount, oneTimeDays, reactivateAccount, setPassword } from "#lib/services/accounts/write.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { listDistricts } from "#lib/services/districts/read.ts";
import { createDistrict, updateDistrict } from "#lib/services/districts/write.ts";
import { action } from "./context.ts";
import { addDistrictEnd } from "./district-end.ts";
import { readText } from "./input.ts";
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
  district
    .command("second-factor <id> <demand>")
    .description("whether all admins of a district use a second factor: demand is required or optional")
    .action(
      action(async (services, id: string, demand: string, _options: unknown) => {
        if (demand !== "required" && demand !== "optional") throw new CommandError("usage", "Say required or optional");
        const scope = await operatorScopeOf(services, "district", id);
        const requiresSecondFactor = demand === "required";
        await updateDistrict(services, scope, { requiresSecondFactor });
        const said = requiresSecondFactor ? "Required: whoever has none sets one up at the next sign-in." : "Optional.";
        return { json: { id, requiresSecondFactor }, lines: [said] };
      }),
    );
  district
    .command("record-views <id> <whether>")
    .description("whether it is recorded who looks at people's data: whether is on or off; audit views lists them")
    .action(
      action(async (services, id: string, whether: string, _options: unknown) => {
        if (whether !== "on" && whether !== "off") throw new CommandError("usage", "Say on or off");
        const recordsViews = whether === "on";
        await updateDistrict(services, await operatorScopeOf(services, "district", id), { recordsViews });
        const said = recordsViews
          ? `On. What is recorded is kept for ${services.env.historyMonths} whole months.`
          : "Off. What was recorded stays until its months are over.";
        return { json: { id, recordsViews }, lines: [said] };
      }),
    );
  addDistrictEnd(district);
  return district;
}

export function adminCommand(): Command {
  const admin = new Command("admin").description("admins of a district");
  admin
    .command("create")
    .requiredOption("--district <id>", "the district's id")
    .requiredOption("--email <email>", "the address to sign in with")
    .option("--given-name <name>", "given name", "District")
    .option("--family-name <name>", "family name", "Admin")
    .option("--role <role>", `one of ${adminRoles.join(", ")}`, "admin")
    .option("--school <id...>", "of a school admin: the ids of the schools in Aivo")
    .option(...passwordFrom)
    .description("create an admin; prints a one-time password")
    .action(
      action(
        async (
          services,
          options: { district: string; email: string; givenName: string; familyName: string } & RoleOptions & PasswordFrom,
        ) => {
          const scope = await operatorScopeOf(services, "district", options.district);
          const chosen = await readPassword(options);
          const { id, password } = await createAdmin(services, scope, { ...options, ...givenRoleOf(options), password: chosen });
          const said = saidOf(password, chosen);
          return { json: { id, email: options.email.trim().toLowerCase(), ...said.json }, lines: [`id        ${id}`, ...said.lines] };
        },
      ),
    );
  admin
    .command("role <id> <role>")
    .option("--school <id...>", "of a school admin: the ids of the schools in Aivo")
    .description(`give an admin another role: ${adminRoles.join(", ")}`)
    .action(
      action(async (services, id: string, role: string, options: Pick<RoleOptions, "school">) => {
        const given = givenRoleOf({ ...options, role });
        await changeRole(services, await operatorScopeOf(services, "account", id), id, given);
        return { json: { id, ...given }, lines: [`${id} has the role ${given.role}`] };
      }),
    );
  return admin;
}

interface RoleOptions {
  readonly role: string;
  readonly school?: string[];
}

function givenRoleOf({ role, school = [] }: RoleOptions): { role: AdminRole; schools: string[] } {
  const known = adminRoles.find((one) => one === role);
  if (known === undefined) throw new CommandError("usage", `A role is one of ${adminRoles.join(", ")}`);
  return { role: known, schools: school };
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
    .option(...passwordFrom)
    .description("give an account a one-time password; its sessions end")
    .action(
      action(async (services, id: string, options: PasswordFrom) => {
        const chosen = await readPassword(options);
        const { password } = await setPassword(services, await operatorScopeOf(services, "account", id), id, chosen);
        const said = saidOf(password, chosen);
        return { json: { id, ...said.json }, lines: said.lines };
      }),
    );
  account
    .command("send-link <id>")
    .description("send an account an email with a link to choose a password")
    .action(
      action(async (services, id: string, _options: unknown) => {
        const { kind } = await sendPasswordLink(services, await operatorScopeOf(services, "account", id), id);
        return {
          json: { id, kind },
          lines: [kind === "invitation" ? "Invited. The link works for 7 days." : "Sent. The link works for an hour."],
        };
      }),
    );
  account
    .command("second-factor <id>")
    .description("list an account's second factors")
    .action(
      action(async (services, id: string, _options: unknown) => {
        const listed = await listFactors(services, await operatorScopeOf(services, "account", id), id);
        const rows = [
          ...(listed.app === null ? [] : [["authenticator app", null, listed.app.addedAt, listed.app.lastUsedAt]]),
          ...listed.passkeys.map((one) => ["passkey", one.name, one.addedAt, one.lastUsedAt]),
        ];
        return {
          json: listed,
          lines: [...table(["kind", "name", "added", "last used"], rows), `Recovery codes left: ${listed.recoveryCodesLeft}.`],
        };
      }),
    );
  account
    .command("reset-second-factor <id>")
    .description("take away an account's second factors and recovery codes, which were lost; its sessions end")
    .action(
      action(async (services, id: string, _options: unknown) => {
        await resetSecondFactor(services, await operatorScopeOf(services, "account", id), id);
        return { json: { id, hasSecondFactor: false }, lines: ["Taken away. The password signs in; a second factor can be set up again."] };
      }),
    );
  account
    .command("sessions <id>")
    .description("list where an account is signed in")
    .action(
      action(async (services, id: string, _options: unknown) => {
        const listed = await listSessions(services, await operatorScopeOf(services, "account", id), id);
        return {
          json: listed,
          lines: table(
            ["id", "device", "network", "since", "last seen"],
            listed.map((one) => [one.id, one.device, one.place, one.signedInAt, one.lastSeenAt]),
          ),
        };
      }),
    );
  account
    .command("end-sessions <id>")
    .option("--session <id>", "only this one; without it, all of them")
    .description("sign an account out")
    .action(
      action(async (services, id: string, { session }: { session?: string }) => {
        const scope = await operatorScopeOf(services, "account", id);
        const ended = await endSessions(services, scope, id, session === undefined ? { allBut: null } : { only: session });
        return { json: { id, ended }, lines: [`Ended: ${ended}.`] };
      }),
    );
  return account;
}

const passwordFrom = [
  "--password-from <file>",
  "the password to sign in with, from a file (- for standard input); without it one is made, which works once and for 7 days",
] as const;

interface PasswordFrom {
  readonly passwordFrom?: string;
}

/** Never as an argument: those are seen by everybody on the machine. */
async function readPassword({ passwordFrom: file }: PasswordFrom): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return (await readText(file)).replace(/\r?\n$/, "");
}

/** What is said of a password: one that was given is not repeated. */
function saidOf(password: string, chosen: string | undefined) {
  return chosen === undefined
    ? {
        json: { password },
        lines: [
          `password  ${password}`,
          `It is shown only now, works for ${oneTimeDays} days, and has to be changed at the first sign-in.`,
        ],
      }
    : { json: {}, lines: ["The password is set."] };
}

function isRole(role: string): role is AccountListItem["role"] {
  return (roles as readonly string[]).includes(role);
}
