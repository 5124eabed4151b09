import { signIn } from "#lib/services/accounts/sign-in.ts";
import { report } from "./errors.ts";
import { services } from "./services.ts";

/** What the ways of asking for a sign-in all do: next-auth's form, and the one that the browser itself sends. */
export type Entering = Awaited<ReturnType<typeof signIn>> | { readonly ok: false; readonly reason: "unavailable" };

/**
 * Signs in with what was typed. Whatever cannot be looked up, for example while the database is away, is no refusal of a password, and what
 * happened is for the log: next-auth would show the message of an error to whoever asked.
 */
export async function enter(
  email: string,
  password: string,
  client: { readonly address: string; readonly userAgent: string },
): Promise<Entering> {
  // Longer ones are nobody's, and hashing them is work; and the database holds no NUL.
  const isOne = email !== "" && password !== "" && email.length <= 320 && password.length <= 200 && !email.includes("\0");
  if (!isOne) return { ok: false, reason: "wrong" };
  try {
    return await signIn(await services(), { email, password, ...client });
  } catch (error) {
    await report(error);
    return { ok: false, reason: "unavailable" };
  }
}
