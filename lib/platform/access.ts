import type { ApiScope } from "#lib/platform/api-scopes.ts";
import { ServiceError } from "#lib/platform/errors.ts";

/** Who asks. Accounts come from a session, workers from a job, operators from the command line. */
export type Actor =
  | {
      readonly kind: "account";
      readonly accountId: string;
      readonly districtId: string;
      readonly role: "admin" | "teacher" | "learner";
      /** Whether they have shown lately who they are; what weighs asks for that (lib/services/accounts/confirm.ts). */
      readonly isConfirmed?: boolean;
    }
  | { readonly kind: "worker"; readonly districtId: string }
  | { readonly kind: "operator"; readonly districtId: string }
  | ProgramActor;

/** A program of the district's, known by a token that an admin made; it may do what its scopes say. */
export interface ProgramActor {
  readonly kind: "program";
  readonly clientId: string;
  readonly districtId: string;
  readonly scopes: readonly ApiScope[];
}

declare const minted: unique symbol;

/** Leave to read and write one district. Minted only here, demanded by every service: a forgotten check does not compile. */
export interface DistrictScope {
  readonly districtId: string;
  readonly actor: Actor;
  readonly [minted]: "district";
}

/** Leave of a signed-in person to read what is their own. */
export interface OwnScope {
  readonly districtId: string;
  readonly accountId: string;
  readonly actor: Extract<Actor, { kind: "account" }>;
  readonly [minted]: "own";
}

/**
 * The one check in front of everything an admin can see or do.
 * @throws ServiceError `unauthenticated` without an actor, `forbidden` for anyone but a district admin
 */
export function requireAdmin(actor: Actor | null): DistrictScope {
  if (actor === null) throw new ServiceError("unauthenticated", "Sign in to continue.");
  if (actor.kind !== "account" || actor.role !== "admin") {
    throw new ServiceError("forbidden", "Only district admins can see this page.");
  }
  return mintDistrict(actor);
}

/** @throws ServiceError `unauthenticated` */
export function requireSelf(actor: Actor | null): OwnScope {
  if (actor?.kind !== "account") throw new ServiceError("unauthenticated", "Sign in to continue.");
  return { districtId: actor.districtId, accountId: actor.accountId, actor } as OwnScope;
}

/** For the doors of programs. @throws ServiceError `forbidden` for a program that was not allowed this */
export function requireApiScope(actor: ProgramActor, scope: ApiScope): DistrictScope {
  if (!actor.scopes.includes(scope)) throw new ServiceError("forbidden", `The token does not have the scope ${scope}.`);
  return mintDistrict(actor);
}

/** For a job that names its district. */
export function workerScope(districtId: string): DistrictScope {
  return mintDistrict({ kind: "worker", districtId });
}

/** For the command line: whoever can reach the database and the keyring is the operator. */
export function operatorScope(districtId: string): DistrictScope {
  return mintDistrict({ kind: "operator", districtId });
}

function mintDistrict(actor: Actor): DistrictScope {
  return { districtId: actor.districtId, actor } as DistrictScope;
}
