import { headers } from "next/headers";
import type { NextAuthOptions, Session as NextAuthSession } from "next-auth";
import NextAuth, { getServerSession } from "next-auth";
import { encode } from "next-auth/jwt";
import CredentialsProvider from "next-auth/providers/credentials";
import { cache } from "react";
import {
  type Actor,
  type DistrictScope,
  isAllowed,
  type OwnScope,
  type ReachScope,
  requireDistrict,
  requireReach,
  requireSelf,
} from "#lib/platform/access.ts";
import type { Env } from "#lib/platform/env.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import type { Capability } from "#lib/platform/roles.ts";
import type { OwnSession } from "#lib/services/accounts/factors/own-session.ts";
import { findSession, type OwnProfile, type Session, type SessionKey, sessionLimits, signOut } from "#lib/services/accounts/sessions.ts";
import { enter } from "./enter.ts";
import { pageResult } from "./errors.ts";
import { ownCookie } from "./own-cookie.ts";
import { noteRefusal } from "./refusals.ts";
import { services } from "./services.ts";

const provider = CredentialsProvider({
  id: "credentials",
  credentials: { email: { label: "Email", type: "email" }, password: { label: "Password", type: "password" } },
  async authorize(credentials) {
    const result = await enter(credentials?.email ?? "", credentials?.password ?? "", await clientOfRequest());
    // The reason reaches the sign-in page as its error; `null` is the one that tells nothing.
    if (!result.ok) {
      if (result.reason === "wrong") return null;
      throw new Error(result.reason);
    }
    return { id: result.account.accountId, ...result.session };
  },
});

async function options(): Promise<NextAuthOptions> {
  const { env } = await services();
  // next-auth reads its own address from here alone; without it, it would believe any Host header.
  process.env.NEXTAUTH_URL ??= env.publicUrl;
  return {
    providers: [provider],
    secret: env.sessionSecret,
    session: { strategy: "jwt", maxAge: sessionLimits.hours * 3600 },
    pages: { signIn: "/sign-in", error: "/sign-in", signOut: "/sign-in" },
    cookies: cookiesOf(env),
    callbacks: {
      // The cookie has the key of a session and no more; whether that goes on is asked at every request.
      jwt: ({ token, user }) => ({ ...keyOf(user ?? token) }),
      session: ({ session, token }) => ({ expires: session.expires, key: keyOf(token) }) as unknown as NextAuthSession,
    },
    events: {
      signOut: async ({ token }) => {
        const key = keyOf(token);
        if (key) await signOut(await services(), key);
      },
    },
  };
}

function cookiesOf(env: Pick<Env, "publicUrl">): NextAuthOptions["cookies"] {
  const cookie = (name: string) => {
    const { name: named, ...options } = ownCookie(env, name);
    return { name: named, options };
  };
  return { sessionToken: cookie("aivo-session"), csrfToken: cookie("aivo-csrf"), callbackUrl: cookie("aivo-callback") };
}

/** The cookie of a session that began elsewhere than at next-auth's form, as next-auth itself would set it. */
export async function sessionCookie(env: Pick<Env, "publicUrl" | "sessionSecret">, key: SessionKey) {
  const maxAge = sessionLimits.hours * 3600;
  const value = await encode({ token: { ...key }, secret: env.sessionSecret, maxAge });
  return { ...ownCookie(env, "aivo-session"), value, maxAge };
}

/** The handler of everything under /api/auth. */
export async function authRoute(request: Request, context: unknown): Promise<Response> {
  const answer: Response = await NextAuth(await options())(request, context);
  if (request.method !== "POST" || new URL(request.url).pathname !== "/api/auth/signout") return answer;
  // Not cookies: browsers would take those of every host of the domain, the district's other ones included.
  answer.headers.set("clear-site-data", '"cache", "storage"');
  return answer;
}

/** The session of this request, also one in which a step of signing in is left. Asked once per request. */
const getSession = cache(async (): Promise<Session | null> => {
  const session: { key?: unknown } | null = await getServerSession(await options());
  const key = keyOf(session?.key);
  // Pages that stand open ask the API for news by themselves.
  return key ? findSession(await services(), key, !(await addressOfPage()).startsWith("/api/")) : null;
});

/** Who makes this request; null: nobody, somebody whose session is over, or who has not come to the end of signing in. */
export const getActor = cache(async (): Promise<Actor | null> => {
  const session = await getSession();
  return session === null || session.step !== null ? null : session.actor;
});

/** The step of signing in that is left; null: none, or nobody has begun. */
export async function stepLeft(): Promise<Session["step"]> {
  return (await getSession())?.step ?? null;
}

/** Of whoever is at this step of signing in. @throws ServiceError `unauthenticated` for everybody else */
export async function sessionAtStep(step: NonNullable<Session["step"]>): Promise<OwnSession> {
  const session = await getSession();
  return { scope: requireSelf(session?.step === step ? session.actor : null), sessionId: session?.id ?? "" };
}

/**
 * For server actions and route handlers about the whole district, with what they do there (app/doors.ts has them all).
 * @throws ServiceError `unauthenticated` or `forbidden`; see `actionResult` and `routeResult`
 */
export async function adminScope<May extends Capability>(...asked: readonly May[]): Promise<DistrictScope<May>> {
  return orNote(asked, (actor) => requireDistrict(actor, ...asked));
}

/** The same for what also somebody of some schools may do, for these. */
export async function reachScope<May extends Capability>(...asked: readonly May[]): Promise<ReachScope<May>> {
  return orNote(asked, (actor) => requireReach(actor, ...asked));
}

/** Who is signed in and may not do what they ask for is noted; everybody's session ends some time. */
async function orNote<Scope>(asked: readonly Capability[], require: (actor: Actor | null) => Scope): Promise<Scope> {
  const actor = await getActor();
  try {
    return require(actor);
  } catch (error) {
    if (error instanceof ServiceError && error.code === "forbidden" && actor?.kind === "account") {
      const { accountId: who, districtId } = actor;
      noteRefusal("portal", error.code, { requestId: (await headers()).get("x-request-id"), districtId, who, asked: asked.join() });
    }
    throw error;
  }
}

/** Whether whoever makes this request may do something: what they may not do is not shown. */
export async function allowed(): Promise<(capability: Capability) => boolean> {
  const actor = await getActor();
  return (capability) => isAllowed(actor, capability);
}

/** Of whoever may show who they are: also before the second factor. @throws ServiceError `unauthenticated` */
export async function sessionToProve(): Promise<OwnSession> {
  return sessionAmong([null, "prove-factor", "set-up-factor"]);
}

/** Of whoever may set a second factor up: also where that is what is left of signing in. @throws ServiceError `unauthenticated` */
export async function sessionToSetUp(): Promise<OwnSession> {
  return sessionAmong([null, "set-up-factor"]);
}

async function sessionAmong(steps: readonly Session["step"][]): Promise<OwnSession> {
  const session = await getSession();
  return { scope: requireSelf(session && steps.includes(session.step) ? session.actor : null), sessionId: session?.id ?? "" };
}

/** For server actions about what is one's own. @throws ServiceError `unauthenticated` */
export async function ownSession(): Promise<OwnSession> {
  return { scope: requireSelf(await getActor()), sessionId: (await getSession())?.id ?? "" };
}

/** The same for pages; sends whoever is signed out to the sign-in page and back. */
export async function ownSessionOfPage(): Promise<OwnSession> {
  return pageResult(await addressOfPage(), ownSession);
}

/** For pages and layouts: sends whoever is signed out to the sign-in page and back, and whose role does not include it to the denied page (403). */
export async function adminPage<May extends Capability>(...asked: readonly May[]): Promise<DistrictScope<May>> {
  return pageResult(await addressOfPage(), () => adminScope(...asked));
}

/** The same for pages that also somebody of some schools may open, for these. */
export async function reachPage<May extends Capability>(...asked: readonly May[]): Promise<ReachScope<May>> {
  return pageResult(await addressOfPage(), () => reachScope(...asked));
}

/** Who they are, for the frame of a page that has let them in. */
export async function ownProfile(): Promise<OwnProfile> {
  const session = await getSession();
  if (session === null) throw new ServiceError("unauthenticated", "Nobody is signed in.");
  return session.profile;
}

/** For the pages of one's own. Sends whoever is signed out to the sign-in page and back. */
export async function ownPage(): Promise<OwnScope> {
  return pageResult(await addressOfPage(), async () => requireSelf(await getActor()));
}

/** The address being rendered, as proxy.ts noted it. */
export async function addressOfPage(): Promise<string> {
  return (await headers()).get("x-aivo-address") ?? "/";
}

function keyOf(value: unknown): SessionKey | null {
  if (typeof value !== "object" || value === null) return null;
  const { districtId, token } = value as Record<string, unknown>;
  return typeof districtId === "string" && typeof token === "string" ? { districtId, token } : null;
}

/** The client's address, as app/client-address.ts has found it. */
export async function addressOfClient(): Promise<string> {
  return (await headers()).get("x-forwarded-for") ?? "unknown";
}

/** Where somebody signs in from: what is kept of it with the session. */
export async function clientOfRequest() {
  return { address: await addressOfClient(), userAgent: (await headers()).get("user-agent") ?? "" };
}
