import { createHash } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { appendAudit } from "#lib/platform/audit.ts";
import { hashPassword, oneTimePassword, verifyPasswordAmong } from "#lib/platform/crypto/password.ts";
import { recoveryCodes } from "#lib/platform/db/schema/factors.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { assertConfirmed } from "#lib/services/accounts/confirm.ts";
import { hasFactor } from "#lib/services/accounts/steps.ts";
import type { Services } from "#lib/services/services.ts";
import { tellOf } from "./mail.ts";
import { lockAccount, type OwnSession } from "./own-session.ts";
import { recoveryCodeCount } from "./schema.ts";

const isTheirs = (tx: Tx, accountId: string) => and(eq(recoveryCodes.districtId, tx.districtId), eq(recoveryCodes.accountId, accountId));

const plain = (code: string) => code.replaceAll("-", "");

/** Of codes that were made before 79 bits were hashed slowly; they count until they are used or made anew. */
const formerHashOf = (accountId: string, code: string) =>
  createHash("sha256")
    .update(`${accountId}:${plain(code)}`)
    .digest("base64url");

/** As passwords are, since they are shorter than what a quick hash is enough for; with one salt, so that a guess costs one derivation. */
async function hashesOf(codes: readonly string[]): Promise<readonly string[]> {
  const [first = "", ...others] = codes.map(plain);
  const salted = await hashPassword(first);
  return [salted, ...(await Promise.all(others.map((code) => hashPassword(code, salted))))];
}

/** Makes ten codes in the place of those that were; they are returned once. */
export async function makeCodes(tx: Tx, services: Services, accountId: string): Promise<readonly string[]> {
  await tx.orm.delete(recoveryCodes).where(isTheirs(tx, accountId));
  const codes = Array.from({ length: recoveryCodeCount }, oneTimePassword);
  const madeAt = services.now();
  const hashes = await hashesOf(codes);
  await tx.orm.insert(recoveryCodes).values(hashes.map((codeHash) => ({ districtId: tx.districtId, accountId, codeHash, madeAt })));
  return codes;
}

/** Makes ten others. @throws ServiceError `confirm`, `precondition` without a second factor */
export async function renewCodes(services: Services, { scope }: OwnSession): Promise<{ readonly codes: readonly string[] }> {
  assertConfirmed(scope, "change-sign-in");
  return withDistrict(services.db, scope, async (tx) => {
    await lockAccount(tx, scope.accountId);
    if (!(await hasFactor(tx, scope.accountId)))
      throw new ServiceError("precondition", "Recovery codes stand in for a second factor. Set one up first.");
    const codes = await makeCodes(tx, services, scope.accountId);
    const target = { kind: "account", id: scope.accountId };
    await appendAudit(tx, { actor: scope.actor, action: "recovery-codes-made", target }, services.now());
    await tellOf(tx, services, scope.accountId, "recovery-codes-made");
    return { codes };
  });
}

/** The stored hash of a code of the account; null: it is none. Before a transaction, since it takes its time. */
export async function findRecoveryCode(services: Services, { scope }: OwnSession, code: string): Promise<string | null> {
  const kept = await withDistrict(services.db, scope, (tx) =>
    tx.orm.select({ codeHash: recoveryCodes.codeHash }).from(recoveryCodes).where(isTheirs(tx, scope.accountId)),
  );
  const hashes = kept.map(({ codeHash }) => codeHash);
  const opened = await verifyPasswordAmong(plain(code), hashes);
  const former = formerHashOf(scope.accountId, code);
  return hashes.find((hash, index) => opened[index] || hash === former) ?? null;
}

/** Uses the code of a hash up; false: it was used. Of two at once, one is. */
export async function spendRecoveryCode(tx: Tx, services: Services, { scope }: OwnSession, codeHash: string): Promise<boolean> {
  const used = await tx.orm
    .delete(recoveryCodes)
    .where(and(isTheirs(tx, scope.accountId), eq(recoveryCodes.codeHash, codeHash)))
    .returning({ codeHash: recoveryCodes.codeHash });
  if (used.length === 0) return false;
  const left = await tx.orm.select({ codeHash: recoveryCodes.codeHash }).from(recoveryCodes).where(isTheirs(tx, scope.accountId));
  const event = { actor: scope.actor, action: "recovery-code-used", target: { kind: "account", id: scope.accountId } } as const;
  await appendAudit(tx, { ...event, details: { left: left.length } }, services.now());
  await tellOf(tx, services, scope.accountId, "recovery-code-used");
  return true;
}
