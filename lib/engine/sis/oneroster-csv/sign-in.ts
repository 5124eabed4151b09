import type { AuthHandlerMiddleware, NextAuthHandler } from "ssh2";
import type { OneRosterCsvCredentials } from "#lib/engine/sis/credentials.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import { loadPrivateKey } from "./private-key.ts";
import { levelOf } from "./sftp-failures.ts";

type Method = "publickey" | "password" | "keyboard-interactive";

const words: Record<Method, string> = {
  publickey: "a private key",
  password: "a password",
  "keyboard-interactive": "a password asked for in a dialog",
};

/** How one connection signs in. ssh2 asks it only after the host key was accepted, so nothing secret is sent before. */
export interface SignIn {
  readonly authHandler: AuthHandlerMiddleware;
  /** The method that was tried last: "a password". */
  used(): string;
  /** Why it failed. */
  failure(cause: unknown): RunFailure;
}

/** Tries what the server offers and the credentials have: the key, the password, the password in a dialogue. */
export function signInWith(credentials: OneRosterCsvCredentials): SignIn {
  const { username, password, privateKey, passphrase } = credentials;
  const tried: Method[] = [];
  let offered: readonly string[] = [];
  let keyFailure: RunFailure | null = null;
  let asksForMore = false;

  const has: Record<Method, boolean> = {
    publickey: privateKey !== undefined,
    password: password !== undefined,
    "keyboard-interactive": password !== undefined,
  };
  const methods: readonly Method[] = ["publickey", "password", "keyboard-interactive"];

  const attempt = (method: Method, next: NextAuthHandler, giveUp: () => void) => {
    tried.push(method);
    if (method === "publickey") {
      try {
        next({ type: "publickey", username, key: loadPrivateKey(privateKey ?? "", passphrase) });
      } catch (error) {
        if (!(error instanceof RunFailure)) throw error;
        keyFailure = error;
        giveUp();
      }
      return;
    }
    if (method === "password") return next({ type: "password", username, password: password ?? "" });
    let rounds = 0;
    next({
      type: "keyboard-interactive",
      username,
      prompt(_name, _instructions, _language, prompts, finish) {
        // One hidden question is the password. Anything else is a second factor, which a nightly sync cannot answer.
        if (prompts.length === 1 && rounds === 0 && prompts[0]?.echo !== true) {
          rounds += 1;
          return finish([password ?? ""]);
        }
        if (prompts.length > 0) asksForMore = true;
        finish([]);
      },
    });
  };

  return {
    authHandler(left, _partial, next) {
      // The first question is "what do you accept?".
      const remaining = left as readonly string[] | null;
      if (remaining === null) return next({ type: "none", username });
      offered = remaining;
      const method = methods.find((candidate) => has[candidate] && !tried.includes(candidate) && remaining.includes(candidate));
      const giveUp = () => stopSignIn(next);
      if (method === undefined) return giveUp();
      attempt(method, next, giveUp);
    },
    used: () => {
      const last = tried.at(-1);
      return last === undefined ? "nothing: the server lets this user name in without a password or key" : words[last];
    },
    failure(cause) {
      if (keyFailure !== null) return keyFailure;
      const fail = (message: string, remedy: string) => new RunFailure({ code: "sign-in", step: "sign in", message, remedy }, { cause });
      if (asksForMore) {
        return fail(
          "The server asks for more than a password (a second factor), which a scheduled sync cannot answer.",
          "Ask for an account without a second factor, or for one that signs in with a private key.",
        );
      }
      if (tried.length === 0) {
        const accepted =
          offered.map((method) => (method in words ? words[method as Method] : method)).join(" or ") || "nothing that Aivo has";
        return fail(
          `The server accepts ${accepted}, and the credentials have ${has.publickey ? "a private key" : "a password"}.`,
          "Enter what the server asks for, or have it allow what you entered.",
        );
      }
      if (tried.includes("publickey") && !tried.includes("password") && !tried.includes("keyboard-interactive")) {
        return fail(
          "The server did not accept the user name with this private key.",
          "Check the user name, and that the key's public half is among the authorized keys of that account on the server.",
        );
      }
      return fail(
        "The server did not accept the user name and password.",
        "Enter both again; copy them without spaces around. Also check that the account is not locked or expired.",
      );
    },
  };
}

/** Whether a connection ended because no method was accepted. */
export function isSignInRefusal(error: unknown): boolean {
  return levelOf(error) === "client-authentication";
}

/** ssh2 ends sign-in when it is handed `false`, which its types leave out. */
function stopSignIn(next: NextAuthHandler): void {
  (next as unknown as (decision: false) => void)(false);
}
