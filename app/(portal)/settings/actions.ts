"use server";
import { revalidatePath } from "next/cache";
import type { z } from "zod";
import { type ActionResult, actionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import { resetSecondFactor } from "#lib/services/accounts/factors/remove.ts";
import type { GivenRole } from "#lib/services/accounts/given-role.ts";
import { inviteAdmin, sendPasswordLink } from "#lib/services/accounts/password-links.ts";
import { changeRole } from "#lib/services/accounts/roles.ts";
import { deactivateAccount, type NewAdmin, reactivateAccount } from "#lib/services/accounts/write.ts";
import { updateDistrict } from "#lib/services/districts/write.ts";

export interface DistrictInput {
  readonly name?: string;
  readonly timezone?: string;
  readonly retentionDays?: string;
}

/** What is not given stays. */
export async function saveDistrict(input: DistrictInput): Promise<ActionResult> {
  return actionResult(async () => {
    const scope = await adminScope("change-settings");
    const days = input?.retentionDays === undefined ? undefined : String(input.retentionDays).trim();
    await updateDistrict(await services(), scope, {
      ...input,
      ...(days === undefined ? {} : { retentionDays: days === "" ? Number.NaN : Number(days) }),
    });
    revalidatePath(paths.overview(), "layout");
    return null;
  });
}

/** Whether it is recorded who looks at people's data. */
export async function recordViews(isOn: boolean): Promise<ActionResult> {
  return actionResult(async () => {
    await updateDistrict(await services(), await adminScope("change-settings"), { recordsViews: isOn === true });
    revalidatePath(paths.settings());
    return null;
  });
}

export interface AdminInput {
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly role: string;
  readonly schools: readonly string[];
}

export async function addAdmin(input: AdminInput): Promise<ActionResult> {
  return changeTeam(async () => {
    await inviteAdmin(await services(), await adminScope("manage-admins"), input as z.input<typeof NewAdmin>);
  });
}

export async function deactivateAdmin(id: string): Promise<ActionResult> {
  return changeTeam(async () => deactivateAccount(await services(), await adminScope("manage-admins"), id));
}

export async function reactivateAdmin(id: string): Promise<ActionResult> {
  return changeTeam(async () => reactivateAccount(await services(), await adminScope("manage-admins"), id));
}

/** Another role for an admin; for a school admin other schools. */
export async function giveRole(id: string, { role, schools }: Pick<AdminInput, "role" | "schools">): Promise<ActionResult> {
  return changeTeam(async () => {
    await changeRole(await services(), await adminScope("manage-admins"), String(id), { role, schools } as z.input<typeof GivenRole>);
  });
}

export async function sendLink(id: string): Promise<ActionResult> {
  return changeTeam(async () => {
    await sendPasswordLink(await services(), await adminScope("manage-admins"), String(id));
  });
}

/** For another admin who has lost their second factor. */
export async function resetFactor(id: string): Promise<ActionResult> {
  return changeTeam(async () => resetSecondFactor(await services(), await adminScope("manage-admins"), String(id)));
}

/** Whether all admins use a second factor. */
export async function demandSecondFactor(isOn: boolean): Promise<ActionResult> {
  return changeTeam(async () =>
    updateDistrict(await services(), await adminScope("change-settings"), { requiresSecondFactor: isOn === true }),
  );
}

async function changeTeam(work: () => Promise<void>): Promise<ActionResult> {
  return actionResult(async () => {
    await work();
    revalidatePath(paths.team());
    return null;
  });
}
