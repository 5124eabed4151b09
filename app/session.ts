import { headers } from "next/headers";
import type { NextAuthOptions, Session } from "next-auth";
import NextAuth, { getServerSession } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { cache } from "react";
import { type Actor, type DistrictScope, type OwnScope, requireAdmin, requireSelf } from "#lib/platform/access.ts";
import { loadSession, recordSignOut, signIn } from "#lib/services/accounts/sign-in.ts";
import { pageResult } from "./errors.ts";
import { services } from "./services.ts";

/** All that the cookie says: who, and since which epoch of the account. Whether that still holds is asked at every request. */
interface Claims {
  readonly accountId: string;
  readonly districtId: string;
  readonly role: Extract<Actor, { kind: "account" }>["role"];
  readonly sessionEpoch: number;
}

const hoursOfWork = 12 * 3600;

const provider = CredentialsProvider({
  id: "credentials",
  credentials: { email: { label: "Email", type: "email" }, password: { label: "Password", type: "password" } },
  async authorize(credentials, request) {
    const email = credentials?.email ?? "";
    const password = credentials?.password ?? "";
    // Longer ones are nobody's, and hashing them is work.
    if (email === "" || password === "" || email.length > 320 || password.length > 200) return null;
    const result = await signIn(await services(), { email, password, address: clientAddress(request.headers) });
    // The reason reaches the sign-in page as its error; `null` is the one that tells nothing.
    if (!result.ok) {
      if (result.reason === "wrong") return null;
      throw new Error(result.reason);
    }
    const { accountId, districtId, role, sessionEpoch } = result.account;
    return { id: accountId, districtId, role, sessionEpoch };
  },
});

async function options(): Promise<NextAuthOptions> {
  const { env } = await services();
  // next-auth reads its own address from here alone; without it, it would believe any Host header.
  process.env.NEXTAUTH_URL ??= env.publicUrl;
  return {
    providers: [provider],
    secret: env.sessionSecret,
    session: { strategy: "jwt", maxAge: hoursOfWork },
    pages: { signIn: "/sign-in", error: "/sign-in", signOut: "/sign-in" },
    callbacks: {
      jwt: ({ token, user }) => (user ? claimsOf({ ...user, accountId: user.id }) : claimsOf(token)) ?? {},
      session: ({ session, token }) => ({ expires: session.expires, claims: claimsOf(token) }) as unknown as Session,
    },
    events: {
      signOut: async ({ token }) => {
        const claims = claimsOf(token);
        if (claims) await recordSignOut(await services(), claims);
      },
    },
  };
}

/** The handler of everything under /api/auth. */
export async function authRoute(request: Request, context: unknown): Promise<Response> {
  return NextAuth(await options())(request, context);
}

/** Who makes this request; null: nobody, or somebody whose account was deactivated since. Asked once per request. */
export const getActor = cache(async (): Promise<Actor | null> => {
  const session: { claims?: unknown } | null = await getServerSession(await options());
  const claims = claimsOf(session?.claims);
  return claims ? loadSession(await services(), claims) : null;
});

/**
 * For server actions and route handlers.
 * @throws ServiceError `unauthenticated` or `forbidden`; see `actionResult` and `routeResult`
 */
export async function adminScope(): Promise<DistrictScope> {
  return requireAdmin(await getActor());
}

/** For pages and layouts: sends whoever is signed out to the sign-in page and back, and anyone but an admin to the denied page (403). */
export async function adminPage(): Promise<DistrictScope> {
  return pageResult(await addressOfPage(), adminScope);
}

/** For the pages of one's own. Sends whoever is signed out to the sign-in page and back. */
export async function ownPage(): Promise<OwnScope> {
  return pageResult(await addressOfPage(), async () => requireSelf(await getActor()));
}

/** The address being rendered, as proxy.ts noted it. */
export async function addressOfPage(): Promise<string> {
  return (await headers()).get("x-aivo-address") ?? "/";
}

function claimsOf(value: unknown): Claims | null {
  if (typeof value !== "object" || value === null) return null;
  const { accountId, districtId, role, sessionEpoch } = value as Record<string, unknown>;
  if (typeof accountId !== "string" || typeof districtId !== "string" || typeof sessionEpoch !== "number") return null;
  if (role !== "admin" && role !== "teacher" && role !== "learner") return null;
  return { accountId, districtId, role, sessionEpoch };
}

/** The last hop's word for it; the balancer in front overwrites the header. */
function clientAddress(requestHeaders: Record<string, string | string[] | undefined> | undefined): string {
  const forwarded = requestHeaders?.["x-forwarded-for"];
  return (
    String(forwarded ?? "")
      .split(",")
      .at(-1)
      ?.trim() || "unknown"
  );
}
