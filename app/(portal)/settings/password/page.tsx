import type { Metadata } from "next";
import { OwnSignIn } from "#app/home/own-sign-in.tsx";
import { adminPage } from "#app/session.ts";

export const metadata: Metadata = { title: "Your sign-in" };

export default async function PasswordPage() {
  await adminPage();
  return <OwnSignIn />;
}
