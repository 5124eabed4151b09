import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { and, asc, eq } from "drizzle-orm";
import { z } from "zod";
import { passkeys } from "#lib/platform/db/schema/factors.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { assertConfirmed } from "#lib/services/accounts/confirm.ts";
import type { Services } from "#lib/services/services.ts";
import { noteAdded } from "./changed.ts";
import { keepChallenge, lockAccount, type OwnSession, takeChallenge } from "./own-session.ts";
import { relyingParty } from "./relying-party.ts";
import { mostPasskeys, PasskeyAnswer, PasskeyName } from "./schema.ts";

/** An answer of a browser. What it claims is verified field by field by whoever it is given to. */
const asRegistration = (answer: z.output<typeof PasskeyAnswer>) => answer as unknown as RegistrationResponseJSON;
const asAuthentication = (answer: z.output<typeof PasskeyAnswer>) => answer as unknown as AuthenticationResponseJSON;

const isTheirs = (tx: Tx, accountId: string) => and(eq(passkeys.districtId, tx.districtId), eq(passkeys.accountId, accountId));

function listed(tx: Tx, accountId: string) {
  return tx.orm.select().from(passkeys).where(isTheirs(tx, accountId)).orderBy(asc(passkeys.id)).limit(mostPasskeys);
}

const named = (rows: readonly (typeof passkeys.$inferSelect)[]) =>
  rows.map(({ credentialId, transports }) => ({ id: credentialId, transports }));

/** What the browser is asked, to make a passkey. @throws ServiceError `confirm`, `precondition` for too many */
export async function beginPasskey(services: Services, own: OwnSession): Promise<PublicKeyCredentialCreationOptionsJSON> {
  assertConfirmed(own.scope, "change-sign-in");
  return withDistrict(services.db, own.scope, async (tx) => {
    const { email, givenName, familyName, id } = await lockAccount(tx, own.scope.accountId);
    const rows = await listed(tx, id);
    if (rows.length >= mostPasskeys) throw new ServiceError("precondition", `You have ${mostPasskeys} passkeys. Remove one first.`);
    const party = relyingParty(services.env);
    const options = await generateRegistrationOptions({
      rpName: party.name,
      rpID: party.id,
      userName: email ?? givenName,
      userDisplayName: `${givenName} ${familyName}`.trim(),
      userID: new Uint8Array(Buffer.from(id)),
      attestationType: "none",
      excludeCredentials: named(rows),
      authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
    });
    await keepChallenge(tx, own, options.challenge, services.now());
    return options;
  });
}

/**
 * Keeps the passkey that the browser has made. Answers with recovery codes, shown once, where there were none.
 * @throws ServiceError `confirm`, `invalid`, `conflict` where it is kept already
 */
export async function finishPasskey(
  services: Services,
  own: OwnSession,
  input: { readonly name: unknown; readonly answer: unknown },
): Promise<{ readonly codes: readonly string[] | null }> {
  assertConfirmed(own.scope, "change-sign-in");
  const shape = z.object({ name: PasskeyName, answer: PasskeyAnswer });
  const { name, answer } = parseOrRefuse(shape, input, "The passkey was not added.");
  const challenge = await withDistrict(services.db, own.scope, (tx) => takeChallenge(tx, own, services.now()));
  const party = relyingParty(services.env);
  const verified =
    challenge === null
      ? null
      : await verifyRegistrationResponse({
          response: asRegistration(answer),
          expectedChallenge: challenge,
          expectedOrigin: party.origin,
          expectedRPID: party.id,
          requireUserVerification: true,
        }).catch(() => null);
  if (!verified?.verified)
    throw new ServiceError("invalid", "The passkey was not added: its answer does not fit what was asked. Try again.");
  const { id, publicKey, counter, transports = [] } = verified.registrationInfo.credential;
  return withDistrict(services.db, own.scope, async (tx) => {
    await lockAccount(tx, own.scope.accountId);
    if ((await listed(tx, own.scope.accountId)).length >= mostPasskeys)
      throw new ServiceError("precondition", `You have ${mostPasskeys} passkeys. Remove one first.`);
    const made = { credentialId: id, publicKey: Buffer.from(publicKey).toString("base64url"), counter, transports: [...transports], name };
    const added = await tx.orm
      .insert(passkeys)
      .values({ districtId: tx.districtId, accountId: own.scope.accountId, ...made, addedAt: services.now() })
      .onConflictDoNothing()
      .returning({ id: passkeys.id });
    if (added.length === 0) throw new ServiceError("conflict", "This passkey is in use already.");
    return noteAdded(tx, services, own, "passkey-added");
  });
}

/** What the browser is asked, to use a passkey. @throws ServiceError `precondition` where there is none */
export function askPasskey(services: Services, own: OwnSession): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return withDistrict(services.db, own.scope, async (tx) => {
    const rows = await listed(tx, own.scope.accountId);
    if (rows.length === 0) throw new ServiceError("precondition", "You have no passkey.");
    const options = await generateAuthenticationOptions({
      rpID: relyingParty(services.env).id,
      allowCredentials: named(rows),
      userVerification: "required",
    });
    await keepChallenge(tx, own, options.challenge, services.now());
    return options;
  });
}

/** Whether an answer is of a passkey of the account, to what was asked in this session. Used in the caller's transaction by `notePasskey`. */
export async function verifyPasskey(
  services: Services,
  own: OwnSession,
  answer: z.output<typeof PasskeyAnswer>,
): Promise<UsedPasskey | null> {
  const { challenge, row } = await withDistrict(services.db, own.scope, async (tx) => ({
    challenge: await takeChallenge(tx, own, services.now()),
    row: (await listed(tx, own.scope.accountId)).find(({ credentialId }) => credentialId === answer.id),
  }));
  if (challenge === null || !row) return null;
  const party = relyingParty(services.env);
  const verified = await verifyAuthenticationResponse({
    response: asAuthentication(answer),
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    credential: { id: row.credentialId, publicKey: new Uint8Array(Buffer.from(row.publicKey, "base64url")), counter: row.counter },
    requireUserVerification: true,
  }).catch(() => null);
  return verified?.verified ? { id: row.id, before: row.counter, counter: verified.authenticationInfo.newCounter } : null;
}

export interface UsedPasskey {
  readonly id: string;
  readonly before: number;
  readonly counter: number;
}

/** Notes the use; false where another has moved its counter meanwhile, or it is gone. */
export async function notePasskey(tx: Tx, accountId: string, { id, before, counter }: UsedPasskey, now: Date): Promise<boolean> {
  const used = await tx.orm
    .update(passkeys)
    .set({ counter, lastUsedAt: now })
    .where(and(isTheirs(tx, accountId), eq(passkeys.id, id), eq(passkeys.counter, before)))
    .returning({ id: passkeys.id });
  return used.length > 0;
}
