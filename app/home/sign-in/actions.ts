"use server";
import { revalidatePath } from "next/cache";
import { type ActionResult, actionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { ownSession } from "#app/session.ts";
import { changeOwnPassword } from "#lib/services/accounts/own-password.ts";
import type { PasswordChange } from "#lib/services/accounts/own-password-schema.ts";
import { endSessions, type WhichSessions } from "#lib/services/accounts/sessions.ts";

export async function changePassword(input: PasswordChange): Promise<ActionResult> {
  return actionResult(async () => {
    const { scope } = await ownSession();
    await changeOwnPassword(await services(), scope, input);
    return null;
  });
}

export async function endSession(id: string): Promise<ActionResult> {
  return end(() => ({ only: String(id) }));
}

export async function endOtherSessions(): Promise<ActionResult> {
  return end((sessionId) => ({ allBut: sessionId }));
}

function end(which: (sessionId: string) => WhichSessions): Promise<ActionResult> {
  return actionResult(async () => {
    const { scope, sessionId } = await ownSession();
    await endSessions(await services(), scope, scope.accountId, which(sessionId));
    revalidatePath(paths.password());
    revalidatePath(paths.ownSignIn());
    return null;
  });
}
