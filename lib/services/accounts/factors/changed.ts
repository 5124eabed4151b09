import { and, eq } from "drizzle-orm";
import { appendAudit } from "#lib/platform/audit.ts";
import { recoveryCodes } from "#lib/platform/db/schema/factors.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import { tellOf } from "./mail.ts";
import { confirmSession, forgetOtherConfirmations, type OwnSession } from "./own-session.ts";
import { makeCodes } from "./recovery-codes.ts";

/**
 * What goes with a second factor that was added: the audit log, an email, recovery codes where there are none; this session has shown who
 * it is, the others have to.
 */
export async function noteAdded(
  tx: Tx,
  services: Services,
  own: OwnSession,
  notice: "app-added" | "passkey-added",
): Promise<{ readonly codes: readonly string[] | null }> {
  const { accountId, actor } = own.scope;
  const factor = notice === "app-added" ? "app" : "passkey";
  await appendAudit(tx, { actor, action: "factor-added", target: { kind: "account", id: accountId }, details: { factor } }, services.now());
  await tellOf(tx, services, accountId, notice);
  await forgetOtherConfirmations(tx, own);
  await confirmSession(tx, own, services.now());
  const [kept] = await tx.orm
    .select({ codeHash: recoveryCodes.codeHash })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.districtId, tx.districtId), eq(recoveryCodes.accountId, accountId)))
    .limit(1);
  return { codes: kept ? null : await makeCodes(tx, services, accountId) };
}
