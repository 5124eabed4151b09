import { and, asc, eq, getTableColumns, sql } from "drizzle-orm";
import type { DistrictScope } from "#lib/platform/access.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { fullName } from "#lib/platform/format/person-name.ts";
import { type Role, roleOf } from "#lib/platform/roles.ts";
import { whyNoSignIn } from "#lib/services/accounts/can-sign-in.ts";
import type { Services } from "#lib/services/services.ts";

export interface AccountListItem {
  readonly id: string;
  readonly role: "admin" | "teacher" | "learner";
  /** What they may: of admins the role that was given. */
  readonly given: Role;
  /** Of a school admin: whose people they see. */
  readonly schoolIds: readonly string[];
  readonly name: string;
  readonly email: string | null;
  readonly status: "active" | "deactivated";
  readonly canSignIn: boolean;
  /** False: they were invited, and have not chosen one, or sign in nowhere. */
  readonly hasPassword: boolean;
  readonly hasSecondFactor: boolean;
}

/** With the table's name spelt out: drizzle leaves it away, and a passkey has an id of its own. */
const hasItsFactor = sql<boolean>`(
  exists (
    select from authenticator_apps f
    where f.district_id = accounts.district_id and f.account_id = accounts.id and f.added_at is not null)
  or exists (select from passkeys f where f.district_id = accounts.district_id and f.account_id = accounts.id))`;

/** Accounts of one role, by name: the team of a district, or for the operator anybody. */
export async function listAccounts(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-settings">,
  role: AccountListItem["role"],
): Promise<AccountListItem[]> {
  const rows = await withDistrict(services.db, scope, (tx) =>
    tx.orm
      .select({ ...getTableColumns(accounts), hasSecondFactor: hasItsFactor })
      .from(accounts)
      .where(and(eq(accounts.districtId, scope.districtId), eq(accounts.role, role)))
      .orderBy(asc(accounts.familyName), asc(accounts.givenName), asc(accounts.id)),
  );
  return rows.map(({ id, givenName, familyName, email, status, barredAt, passwordHash, hasSecondFactor, adminRole, schoolIds }) => ({
    id,
    role,
    given: roleOf({ role, adminRole }),
    schoolIds: role === "admin" ? schoolIds : [],
    email,
    status,
    name: fullName({ givenName, familyName }),
    hasPassword: passwordHash !== null,
    hasSecondFactor,
    canSignIn: whyNoSignIn({ status, barredAt, email, hasPassword: passwordHash !== null }) === null,
  }));
}
