import type { SessionStep } from "#lib/platform/db/schema/sessions.ts";
import type { Tx } from "#lib/platform/db/tx.ts";

/** What of signing in is behind somebody. */
export interface Passed {
  /** False: a one-time password has to be changed yet. */
  readonly hasOwnPassword: boolean;
  /** By whom a second factor was proved; null: by nobody. */
  readonly proved: "aivo" | "provider" | null;
}

/** What comes next on the way in, null: nothing. The one place that says it: prove the second factor, choose a password, set a factor up. */
export async function nextStep(tx: Tx, accountId: string, { hasOwnPassword, proved }: Passed): Promise<SessionStep | null> {
  const [facts] = await tx.sql<{ hasFactor: boolean; isDemanded: boolean }[]>`
    select ${hasFactorOf(tx, accountId)} as "hasFactor", a.role = 'admin' and d.requires_second_factor as "isDemanded"
    from accounts a join districts d on d.id = a.district_id
    where a.district_id = ${tx.districtId} and a.id = ${accountId}`;
  const { hasFactor, isDemanded } = facts ?? { hasFactor: false, isDemanded: false };
  if (hasFactor && proved === null) return "prove-factor";
  if (!hasOwnPassword) return "choose-password";
  return isDemanded && !hasFactor && proved !== "provider" ? "set-up-factor" : null;
}

/** Whether an account has a second factor, as a condition of SQL. */
export function hasFactorOf(tx: Tx, accountId: string) {
  return tx.sql`(
    exists (select from authenticator_apps f where f.district_id = ${tx.districtId} and f.account_id = ${accountId} and f.added_at is not null)
    or exists (select from passkeys f where f.district_id = ${tx.districtId} and f.account_id = ${accountId}))`;
}

export async function hasFactor(tx: Tx, accountId: string): Promise<boolean> {
  const [found] = await tx.sql<{ has: boolean }[]>`select ${hasFactorOf(tx, accountId)} as has`;
  return found?.has === true;
}
