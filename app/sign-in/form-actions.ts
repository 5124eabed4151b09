"use server";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { enter } from "#app/enter.ts";
import { paths, safeReturnTo } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { clientOfRequest, sessionCookie } from "#app/session.ts";
import type { Result } from "#components/settings/result.ts";
import type { Entered } from "#components/sign-in/sign-in-form.tsx";
import type { ProofKind } from "#lib/services/accounts/factors/schema.ts";
import { chooseFirst, forgetPassword } from "./actions.ts";
import { proveItIsMe } from "./factor-actions.ts";

/*
 * What the forms of the way in do when the browser itself sends them: before the page is awake, or where it never is. Each takes what the page
 * bound to it, the answer before, and the form; an answer is rendered with the page.
 */

const text = (form: FormData, name: string) => {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
};

/** Begins the same session as next-auth's form, which an awake page uses. */
export async function enterByForm(returnTo: string, _before: Entered | null, form: FormData): Promise<Entered> {
  const email = text(form, "email").trim();
  const result = await enter(email, text(form, "password"), await clientOfRequest());
  if (!result.ok) return { reason: result.reason, email: email.slice(0, 320) };
  const { name, value, ...options } = await sessionCookie((await services()).env, result.session);
  (await cookies()).set(name, value, options);
  redirect(safeReturnTo(String(returnTo)));
}

export async function forgetByForm(_before: Result | null, form: FormData): Promise<Result> {
  return forgetPassword(text(form, "email"));
}

export async function chooseFirstByForm(returnTo: string, _before: Result | null, form: FormData): Promise<Result> {
  const result = await chooseFirst({ next: text(form, "next"), repeated: text(form, "repeated") });
  if (result.ok) redirect(paths.signIn(safeReturnTo(String(returnTo))));
  return result;
}

export async function proveByForm(returnTo: string, _before: Result | null, form: FormData): Promise<Result> {
  const kind = text(form, "kind") as Exclude<ProofKind, "passkey">;
  const proof = text(form, "proof");
  const result = await proveItIsMe(kind === "password" ? { kind, password: proof } : { kind, code: proof });
  if (result.ok) redirect(paths.signIn(safeReturnTo(String(returnTo))));
  return result;
}
