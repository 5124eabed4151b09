"use server";
import { revalidatePath } from "next/cache";
import { type ActionResult, actionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import { changeOwnPassword } from "#lib/services/accounts/own-password.ts";
import type { PasswordChange } from "#lib/services/accounts/own-password-schema.ts";
import { createAdmin, deactivateAccount, reactivateAccount, setPassword } from "#lib/services/accounts/write.ts";
import { updateDistrict } from "#lib/services/districts/write.ts";

export interface DistrictInput {
  readonly name: string;
  readonly timezone: string;
  readonly retentionDays: string;
}

export async function saveDistrict(input: DistrictInput): Promise<ActionResult> {
  return actionResult(async () => {
    const scope = await adminScope();
    await updateDistrict(await services(), scope, {
      ...input,
      retentionDays: input.retentionDays.trim() === "" ? Number.NaN : Number(input.retentionDays),
    });
    revalidatePath(paths.overview(), "layout");
    return null;
  });
}

export interface AdminInput {
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
}

export async function addAdmin({ givenName, familyName, email }: AdminInput): Promise<ActionResult<{ readonly password: string }>> {
  return actionResult(async () => {
    const scope = await adminScope();
    const { password } = await createAdmin(await services(), scope, { givenName, familyName, email });
    revalidatePath(paths.team());
    return { password };
  });
}

export async function deactivateAdmin(id: string): Promise<ActionResult> {
  return changeTeam(async () => deactivateAccount(await services(), await adminScope(), id));
}

export async function reactivateAdmin(id: string): Promise<ActionResult> {
  return changeTeam(async () => reactivateAccount(await services(), await adminScope(), id));
}

export async function resetPassword(id: string): Promise<ActionResult<{ readonly password: string }>> {
  return actionResult(async () => setPassword(await services(), await adminScope(), id));
}

export async function changePassword(input: PasswordChange): Promise<ActionResult> {
  return actionResult(async () => {
    await changeOwnPassword(await services(), await adminScope(), input);
    return null;
  });
}

async function changeTeam(work: () => Promise<void>): Promise<ActionResult> {
  return actionResult(async () => {
    await work();
    revalidatePath(paths.team());
    return null;
  });
}
