"use client";

/** The browser's side of signing in and out; with app/session.ts, all that knows next-auth. Fetched when somebody does either. */
const client = () => import("next-auth/react");

/** Null: signed in; else the reason of the refusal. */
export async function enter(email: string, password: string): Promise<string | null> {
  const { signIn } = await client();
  const answer = await signIn("credentials", { redirect: false, email, password });
  if (answer?.ok && !answer.error) return null;
  return answer?.error ?? "unreachable";
}

/** Ends the session and leaves with a full load, so that nothing of it stays in the page's memory. */
export async function leave(to: string): Promise<void> {
  const { signOut } = await client();
  await signOut({ redirect: false });
  window.location.assign(to);
}
