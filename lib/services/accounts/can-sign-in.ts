/** What of an account decides whether it can sign in. */
export interface SignInFacts {
  readonly status: "active" | "deactivated";
  /** Since when an admin does not let it sign in; null: they do. */
  readonly barredAt: Date | string | null;
  readonly email: string | null;
  readonly hasPassword: boolean;
}

/** Why an account cannot sign in; the first that holds. */
export type WhyNot = "deactivated" | "barred" | "no-email" | "no-password";

/**
 * Whether an account can sign in: null where it can, else why not. The one place that says so; who shares the address with
 * another active account is told when signing in (sign-in.ts).
 */
export function whyNoSignIn({ status, barredAt, email, hasPassword }: SignInFacts): WhyNot | null {
  if (status === "deactivated") return "deactivated";
  if (barredAt !== null) return "barred";
  if (email === null) return "no-email";
  return hasPassword ? null : "no-password";
}

/** Whether a session of the account goes on: it ends with what an admin or a sync decides, not with an address. */
export function mayStaySignedIn({ status, barredAt }: Pick<SignInFacts, "status" | "barredAt">): boolean {
  const why = whyNoSignIn({ status, barredAt, email: "", hasPassword: true });
  return why === null;
}
