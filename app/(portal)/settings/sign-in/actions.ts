"use server";
import { adminAction } from "#app/admin-action.ts";
import type { ActionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import type { Discovered } from "#lib/services/identity/client.ts";
import { setDomains } from "#lib/services/identity/domains.ts";
import { releaseIdentity } from "#lib/services/identity/release.ts";
import { addProvider, changeProvider, removeProvider, setOwnAccountsOnly, testProvider } from "#lib/services/identity/write.ts";
import type { Services } from "#lib/services/services.ts";

/** The ways of signing in show what is new. */
function act<T>(work: (services: Services, scope: DistrictScope<"change-settings">) => Promise<T>): Promise<ActionResult<T>> {
  return adminAction("change-settings", paths.signInSettings(), work);
}

export async function addWay(input: unknown): Promise<ActionResult> {
  return act(async (opened, scope) => {
    await addProvider(opened, scope, input);
    return null;
  });
}

export async function changeWay(id: string, input: unknown): Promise<ActionResult> {
  return act(async (opened, scope) => {
    await changeProvider(opened, scope, String(id), input);
    return null;
  });
}

export async function removeWay(id: string): Promise<ActionResult> {
  return act(async (opened, scope) => {
    await removeProvider(opened, scope, String(id));
    return null;
  });
}

export async function testWay(id: string): Promise<ActionResult<Discovered>> {
  return act((opened, scope) => testProvider(opened, scope, String(id)));
}

export async function saveDomains(domains: readonly string[]): Promise<ActionResult> {
  return act(async (opened, scope) => {
    await setDomains(opened, scope, domains);
    return null;
  });
}

export async function requireOwnAccounts(isOnly: boolean): Promise<ActionResult> {
  return act(async (opened, scope) => {
    await setOwnAccountsOnly(opened, scope, isOnly === true);
    return null;
  });
}

export async function releaseLink(who: string): Promise<ActionResult<{ readonly released: number }>> {
  return act(async (opened, scope) => ({ released: (await releaseIdentity(opened, scope, String(who))).released }));
}
