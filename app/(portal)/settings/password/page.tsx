import type { Metadata } from "next";
import { OwnSignIn } from "#app/home/own-sign-in.tsx";
import { reachPage } from "#app/session.ts";

export const metadata: Metadata = { title: "Your sign-in" };

export default async function PasswordPage() {
  await reachPage("read-roster");
  return <OwnSignIn />;
}
