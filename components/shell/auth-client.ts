"use client";
import { signIn, signOut } from "next-auth/react";

/** The browser's side of signing in and out; with app/session.ts, all that knows next-auth. */

/** Null: signed in; else the reason of the refusal. */
export async function enter(email: string, password: string): Promise<string | null> {
  const answer = await signIn("credentials", { redirect: false, email, password });
  if (answer?.ok && !answer.error) return null;
  return answer?.error ?? "unreachable";
}

/** Ends the session and leaves with a full load, so that nothing of it stays in the page's memory. */
export async function leave(to: string): Promise<void> {
  await signOut({ redirect: false });
  window.location.assign(to);
}
