import type { Metadata } from "next";
import { changePassword } from "#app/(portal)/settings/actions.ts";
import { paths } from "#app/paths.ts";
import { adminPage } from "#app/session.ts";
import { PasswordForm } from "#components/settings/password-form.tsx";

export const metadata: Metadata = { title: "Your password" };

export default async function PasswordPage() {
  await adminPage();
  return <PasswordForm change={changePassword} changedHref={paths.passwordChanged()} />;
}
