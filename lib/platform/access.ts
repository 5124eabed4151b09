import type { ApiScope } from "#lib/platform/api-scopes.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { type Capability, capabilities, definitionOf, type Role } from "#lib/platform/roles.ts";

/** Who asks. Accounts come from a session, workers from a job, operators from the command line. */
export type Actor =
  | {
      readonly kind: "account";
      readonly accountId: string;
      readonly districtId: string;
      /** Whether they have shown lately who they are; what weighs asks for that (lib/services/accounts/confirm.ts). */
      readonly isConfirmed?: boolean;
      readonly role: Role;
      /** Of a school admin: whose people and classes they see. */
      readonly schools?: readonly string[];
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
declare const may: unique symbol;

/**
 * Leave to do what `May` names in one district. Minted only here, demanded by every service with what that needs: a forgotten check
 * does not compile. Without a name it is leave to do everything, which only workers and operators have.
 */
export interface DistrictScope<May extends Capability = Capability> {
  readonly districtId: string;
  readonly actor: Actor;
  readonly [minted]: "district";
  readonly [may]: { readonly [One in May]: true };
}

/** Leave for a district, whatever it is for. Where it is demanded, whoever calls has checked more. */
export type AnyScope = DistrictScope<never>;

/**
 * Leave to read what belongs to some schools of a district. It is not leave for the district: a service that was not made for it does not
 * take it, and the database shows its transactions the rows of these schools alone (drizzle/0043_roles.sql).
 */
export interface SchoolScope<May extends Capability> {
  readonly districtId: string;
  readonly actor: Actor;
  readonly schools: readonly string[];
  readonly [minted]: "schools";
  readonly [may]: { readonly [One in May]: true };
}

/** Leave for a district or for some of its schools. */
export type ReachScope<May extends Capability> = DistrictScope<May> | SchoolScope<May>;

/** Leave of a signed-in person to read what is their own. */
export interface OwnScope {
  readonly districtId: string;
  readonly accountId: string;
  readonly actor: Extract<Actor, { kind: "account" }>;
  readonly [minted]: "own";
}

/** Whether an actor may do something at all; of a school admin, for their schools. */
export function isAllowed(actor: Actor | null, capability: Capability): boolean {
  if (actor === null) return false;
  return actor.kind !== "account" || definitionOf(actor.role).may.includes(capability);
}

/**
 * The check in front of what is about a whole district.
 * @throws ServiceError `unauthenticated` without an actor, `forbidden` for whose role may not do all of it or is about less than a district
 */
export function requireDistrict<May extends Capability>(actor: Actor | null, ...asked: readonly May[]): DistrictScope<May> {
  const allowed = requireAll(actor, asked);
  if (reachOf(allowed) !== "district") throw refusal(asked);
  return mintDistrict(allowed);
}

/**
 * The check in front of what also somebody of some schools may do, for these.
 * @throws ServiceError as requireDistrict
 */
export function requireReach<May extends Capability>(actor: Actor | null, ...asked: readonly May[]): ReachScope<May> {
  const allowed = requireAll(actor, asked);
  const reach = reachOf(allowed);
  if (reach === "district") return mintDistrict(allowed);
  if (reach !== "schools" || allowed.kind !== "account") throw refusal(asked);
  return { districtId: allowed.districtId, actor: allowed, schools: allowed.schools ?? [] } as unknown as SchoolScope<May>;
}

/** Whether this is leave for some schools alone. */
export function isOfSchools<May extends Capability>(scope: ReachScope<May> | OwnScope): scope is SchoolScope<May> {
  return "schools" in scope;
}

/**
 * From leave for some schools to the same for their district: to write into its log what was done, and to read what hangs on a record that was
 * found with the leave for the schools. Who may call it is listed in lib/repository.test.ts.
 */
export function beyondSchools<May extends Capability>(scope: ReachScope<May>): DistrictScope<May> {
  return mintDistrict(scope.actor);
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

function requireAll(actor: Actor | null, asked: readonly Capability[]): Actor {
  if (actor === null) throw new ServiceError("unauthenticated", "Sign in to continue.");
  // Who asks for nothing is asked for everything: only what names its need can be allowed.
  if (asked.length === 0 || !asked.every((one) => isAllowed(actor, one))) throw refusal(asked);
  return actor;
}

function reachOf(actor: Actor) {
  return actor.kind === "account" ? definitionOf(actor.role).reach : "district";
}

/** Names what is missing, so that whoever is refused knows what to ask for. */
function refusal(asked: readonly Capability[]): ServiceError {
  const what = asked.map((one) => capabilities[one]).join("; ");
  return new ServiceError("forbidden", `Your role does not include this${what === "" ? "" : ` (${what})`}. ${askSomebody}`);
}

const askSomebody = "If you need it, ask a district admin.";

function mintDistrict<May extends Capability>(actor: Actor): DistrictScope<May> {
  return { districtId: actor.districtId, actor } as DistrictScope<May>;
}
