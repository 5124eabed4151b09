"use server";
import { revalidatePath } from "next/cache";
import { type ActionResult, actionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { ownSession, sessionToProve, sessionToSetUp } from "#app/session.ts";
import { beginApp, finishApp } from "#lib/services/accounts/factors/app.ts";
import type { OwnSession } from "#lib/services/accounts/factors/own-session.ts";
import { askPasskey, beginPasskey, finishPasskey } from "#lib/services/accounts/factors/passkeys.ts";
import { prove } from "#lib/services/accounts/factors/prove.ts";
import { waysToProve } from "#lib/services/accounts/factors/read.ts";
import { renewCodes } from "#lib/services/accounts/factors/recovery-codes.ts";
import { removeApp, removePasskey } from "#lib/services/accounts/factors/remove.ts";
import type { Proof, ProofKind } from "#lib/services/accounts/factors/schema.ts";
import type { Services } from "#lib/services/services.ts";

function act<T>(whose: () => Promise<OwnSession>, work: (services: Services, own: OwnSession) => Promise<T>): Promise<ActionResult<T>> {
  return actionResult(async () => {
    const own = await whose();
    return work(await services(), own);
  });
}

/** Shows who it is: the second factor of signing in, or before something that weighs. */
export async function proveItIsMe(proof: Proof): Promise<ActionResult> {
  return act(sessionToProve, async (opened, own) => {
    await prove(opened, own, proof);
    return null;
  });
}

export async function waysOfProving(): Promise<ActionResult<readonly ProofKind[]>> {
  return act(sessionToProve, (opened, { scope }) => waysToProve(opened, scope));
}

/** What a passkey is asked to sign. */
export async function passkeyToProve(): Promise<ActionResult<Awaited<ReturnType<typeof askPasskey>>>> {
  return act(sessionToProve, askPasskey);
}

export async function beginOwnApp(): Promise<ActionResult<Awaited<ReturnType<typeof beginApp>>>> {
  return act(sessionToSetUp, beginApp);
}

export async function finishOwnApp(code: string): Promise<ActionResult<Awaited<ReturnType<typeof finishApp>>>> {
  return act(sessionToSetUp, (opened, own) => finishApp(opened, own, code));
}

export async function beginOwnPasskey(): Promise<ActionResult<Awaited<ReturnType<typeof beginPasskey>>>> {
  return act(sessionToSetUp, beginPasskey);
}

export async function finishOwnPasskey(name: string, answer: unknown): Promise<ActionResult<Awaited<ReturnType<typeof finishPasskey>>>> {
  return act(sessionToSetUp, (opened, own) => finishPasskey(opened, own, { name, answer }));
}

export async function removeOwnApp(): Promise<ActionResult> {
  return act(ownSession, async (opened, own) => {
    await removeApp(opened, own);
    revalidatePath(paths.password());
    return null;
  });
}

export async function removeOwnPasskey(id: string): Promise<ActionResult> {
  return act(ownSession, async (opened, own) => {
    await removePasskey(opened, own, String(id));
    revalidatePath(paths.password());
    return null;
  });
}

export async function makeOwnCodes(): Promise<ActionResult<Awaited<ReturnType<typeof renewCodes>>>> {
  return act(ownSession, renewCodes);
}
