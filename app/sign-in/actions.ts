"use server";
import { type ActionResult, actionResult } from "#app/errors.ts";
import { safeReturnTo } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfClient, sessionAtStep } from "#app/session.ts";
import type { OfferedWays } from "#components/sign-in/own-ways.tsx";
import { chooseFirstPassword } from "#lib/services/accounts/own-password.ts";
import type { PasswordChoice } from "#lib/services/accounts/own-password-schema.ts";
import { choosePasswordByLink, requestReset } from "#lib/services/accounts/password-links.ts";
import { waysOfDomain } from "#lib/services/identity/read.ts";
import { offeredWays } from "./offered-ways.ts";

/** The last step of signing in with a one-time password. */
export async function chooseFirst(input: PasswordChoice): Promise<ActionResult> {
  return actionResult(async () => {
    const { scope, sessionId } = await sessionAtStep("choose-password");
    await chooseFirstPassword(await services(), scope, sessionId, input);
    return null;
  });
}

/** For whoever is signed out; the answer is the same whether anybody has the address. */
export async function forgetPassword(email: string): Promise<ActionResult> {
  return actionResult(async () => {
    await requestReset(await services(), { email: String(email), address: await addressOfClient() });
    return null;
  });
}

/** For whoever has a link of an email. */
export async function chooseByLink(token: string, input: PasswordChoice): Promise<ActionResult> {
  return actionResult(async () => {
    await choosePasswordByLink(await services(), String(token), input);
    return null;
  });
}

/** The ways in of a district, by the domain of an address alone: whose address it is, is not sent. */
export async function findWays(domain: string, returnTo: string, isAnew: boolean): Promise<ActionResult<OfferedWays>> {
  return actionResult(async () =>
    offeredWays(await waysOfDomain(await services(), String(domain)), safeReturnTo(String(returnTo)), isAnew === true),
  );
}
