import { and, eq } from "drizzle-orm";
import type { z } from "zod";
import { appendAudit } from "#lib/platform/audit.ts";
import { verifyPassword } from "#lib/platform/crypto/password.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { hasFactor } from "#lib/services/accounts/steps.ts";
import type { Services } from "#lib/services/services.ts";
import { useAppCode } from "./app.ts";
import { admitGuess, confirmSession, type OwnSession } from "./own-session.ts";
import { notePasskey, verifyPasskey } from "./passkeys.ts";
import { findRecoveryCode, spendRecoveryCode } from "./recovery-codes.ts";
import { Proof, type ProofKind } from "./schema.ts";

/**
 * Shows who it is, in a session that waits for its second factor, or before something that weighs. The password shows it where there is
 * no second factor alone. Guesses count like those of a password.
 * @throws ServiceError `invalid` where it does not, `unauthenticated` where the session is over
 */
export async function prove(services: Services, own: OwnSession, input: unknown): Promise<void> {
  const proof = parseOrRefuse(Proof, input, "That is not right.");
  const forgive = await admitGuess(services, own, proof.kind === "password" ? "password" : "factor");
  const isRight = await checkOutside(services, own, proof);
  const isProved = await withDistrict(services.db, own.scope, async (tx) => {
    if (!(await isRight(tx))) return false;
    await confirmSession(tx, own, services.now());
    await audit(tx, services, own, "identity-confirmed", proof.kind);
    return true;
  });
  if (isProved) return forgive();
  await withDistrict(services.db, own.scope, (tx) => audit(tx, services, own, "identity-refused", proof.kind));
  const { message, field } = refusals[proof.kind];
  throw new ServiceError("invalid", message, field === null ? {} : { [field]: message });
}

/** What takes time, or has to stay done when the rest is undone, comes before the transaction; the answer is the rest, in it. */
async function checkOutside(services: Services, own: OwnSession, proof: z.output<typeof Proof>): Promise<(tx: Tx) => Promise<boolean>> {
  const { accountId } = own.scope;
  switch (proof.kind) {
    case "app":
      return (tx) => useAppCode(tx, services, accountId, proof.code);
    case "recovery-code": {
      const found = await findRecoveryCode(services, own, proof.code);
      return async (tx) => found !== null && spendRecoveryCode(tx, services, own, found);
    }
    case "passkey": {
      const used = await verifyPasskey(services, own, proof.answer);
      return async (tx) => used !== null && notePasskey(tx, accountId, used, services.now());
    }
    case "password": {
      const isOpen = await opens(services, own, proof.password);
      return async (tx) => isOpen && !(await hasFactor(tx, accountId));
    }
  }
}

async function opens(services: Services, { scope }: OwnSession, password: string): Promise<boolean> {
  const [account] = await withDistrict(services.db, scope, (tx) =>
    tx.orm
      .select({ passwordHash: accounts.passwordHash })
      .from(accounts)
      .where(and(eq(accounts.districtId, tx.districtId), eq(accounts.id, scope.accountId))),
  );
  return verifyPassword(password, account?.passwordHash ?? null);
}

const refusals: Readonly<Record<ProofKind, { readonly message: string; readonly field: string | null }>> = {
  app: { message: "This code is not right, or was used already. Wait for the next one.", field: "code" },
  "recovery-code": { message: "This is none of your recovery codes, or it was used already.", field: "code" },
  passkey: { message: "This passkey was not accepted. Try again.", field: null },
  password: { message: "This is not your password.", field: "password" },
};

function audit(tx: Tx, services: Services, { scope }: OwnSession, action: "identity-confirmed" | "identity-refused", by: ProofKind) {
  const target = { kind: "account", id: scope.accountId };
  return appendAudit(tx, { actor: scope.actor, action, target, details: { by } }, services.now());
}
