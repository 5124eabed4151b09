import { generateSync } from "otplib";
import { operatorScope, requireSelf } from "#lib/platform/access.ts";
import { requireAdmin } from "#lib/platform/testing/access.ts";
import { beginApp, finishApp } from "#lib/services/accounts/factors/app.ts";
import type { OwnSession } from "#lib/services/accounts/factors/own-session.ts";
import { beginPasskey, finishPasskey } from "#lib/services/accounts/factors/passkeys.ts";
import { findSession, type SessionKey } from "#lib/services/accounts/sessions.ts";
import { signIn } from "#lib/services/accounts/sign-in.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import type { Services } from "#lib/services/services.ts";
import { softwarePasskey } from "#lib/services/testing/passkey.ts";
import { newDistrict } from "#lib/services/testing/services.ts";

export const password = "seven harbors in the rain";
let people = 0;

/** An admin, of a district of their own or a given one, with what they do. Each call that needs a session loads it as a request does. */
export async function newAdmin(services: Services, districtId?: string) {
  const scope = operatorScope(districtId ?? (await newDistrict(services.db)));
  const email = `factor${++people}@example.org`;
  const { id } = await createAdmin(services, scope, { email, password });
  const enter = async (): Promise<SessionKey> => {
    const result = await signIn(services, { email, password, address: "198.51.100.77" });
    if (!result.ok) throw new Error(result.reason);
    return result.session;
  };
  return { id, email, scope, enter };
}

/** Who a request with this key is. */
export async function as(services: Services, key: SessionKey) {
  const session = await findSession(services, key);
  if (session === null) throw new Error("The session is over");
  const own: OwnSession = { scope: requireSelf(session.actor), sessionId: session.id };
  return { own, step: session.step, isConfirmed: session.actor.isConfirmed === true, admin: requireAdmin(session.actor) };
}

export const codeAt = (secret: string, at: Date) => generateSync({ secret, epoch: Math.floor(at.getTime() / 1000) });

/** Sets an app up in a session; the recovery codes are those of the first factor. */
export async function addApp(services: Services, key: SessionKey) {
  const { own } = await as(services, key);
  const { secret } = await beginApp(services, own);
  const { codes } = await finishApp(services, own, codeAt(secret, services.now()));
  return { secret, codes: codes ?? [] };
}

/** Adds a passkey in a session. */
export async function addPasskey(services: Services, key: SessionKey, name = "Laptop") {
  const { own } = await as(services, key);
  const passkey = softwarePasskey(services.env.publicUrl);
  const { codes } = await finishPasskey(services, own, { name, answer: passkey.register(await beginPasskey(services, own)) });
  return { passkey, codes: codes ?? [] };
}
