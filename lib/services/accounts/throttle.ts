import { createHash } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import type { Database } from "#lib/platform/db/client.ts";
import { signInThrottles } from "#lib/platform/db/schema/sign-in.ts";

/**
 * Guessing is slowed per email and per address. A school has one address for hundreds of people, so an address is allowed far
 * more. Kept in Postgres, so that it holds over several web processes and restarts; hashed, so that it is no list of who tried.
 */
export const signInLimits = { windowMinutes: 15, perEmail: 8, perAddress: 200 } as const;

export interface SignInKeys {
  readonly email: string;
  readonly address: string;
}

/**
 * Counts an attempt as failed before it is looked at, so that twenty guesses at once count as twenty. Returns which one of the email's
 * it is, from 1; 0: not now.
 */
export async function admitAttempt(db: Database, keys: SignInKeys, now: Date): Promise<number> {
  const email = await countFailure(db, keyOf("email", keys.email), now);
  const address = await countFailure(db, keyOf("address", keys.address), now);
  return email <= signInLimits.perEmail && address <= signInLimits.perAddress ? email : 0;
}

/** Takes the attempt back after a success: the email's failures are forgiven, the address's stay but for this one. */
export async function forgiveAttempt(db: Database, keys: SignInKeys): Promise<void> {
  await db.orm.delete(signInThrottles).where(eq(signInThrottles.key, keyOf("email", keys.email)));
  await forgiveOne(db, keyOf("address", keys.address));
}

/**
 * Of sign-ins with a district's own accounts, which are checked elsewhere: each counts as failed from its beginning, by its address alone and
 * beside those with a password. False: not now.
 */
export async function admitOwnAccounts(db: Database, address: string, now: Date): Promise<boolean> {
  return (await countFailure(db, keyOf("own-accounts", address), now)) <= signInLimits.perAddress;
}

/** Takes one back after a success. */
export async function forgiveOwnAccounts(db: Database, address: string): Promise<void> {
  await forgiveOne(db, keyOf("own-accounts", address));
}

/** For the retention job: windows that are long over. */
export async function forgetOldAttempts(db: Database, now: Date): Promise<void> {
  await db.sql`delete from sign_in_throttles where window_started_at < ${new Date(now.getTime() - 24 * 3_600_000).toISOString()}`;
}

async function forgiveOne(db: Database, key: string): Promise<void> {
  await db.orm
    .update(signInThrottles)
    .set({ failures: sql`greatest(${signInThrottles.failures} - 1, 0)` })
    .where(eq(signInThrottles.key, key));
}

async function countFailure(db: Database, key: string, now: Date): Promise<number> {
  const windowOpened = new Date(now.getTime() - signInLimits.windowMinutes * 60_000).toISOString();
  const isOver = sql`${signInThrottles.windowStartedAt} <= ${windowOpened}::timestamptz`;
  const [row] = await db.orm
    .insert(signInThrottles)
    .values({ key, failures: 1, windowStartedAt: now })
    .onConflictDoUpdate({
      target: signInThrottles.key,
      set: {
        failures: sql`case when ${isOver} then 1 else ${signInThrottles.failures} + 1 end`,
        windowStartedAt: sql`case when ${isOver} then ${now.toISOString()}::timestamptz else ${signInThrottles.windowStartedAt} end`,
      },
    })
    .returning({ failures: signInThrottles.failures });
  return row?.failures ?? 1;
}

function keyOf(kind: "email" | "address" | "own-accounts", value: string): string {
  return createHash("sha256").update(`${kind}:${value}`).digest("base64");
}
