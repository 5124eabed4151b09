import type { DistrictScope, OwnScope } from "#lib/platform/access.ts";
import { ServiceError } from "#lib/platform/errors.ts";

/** For so long whoever has shown who they are is not asked again. */
export const confirmedMinutes = 10;

/**
 * What weighs enough to ask anew who it is, though they are signed in, and how a message calls it. Each is asked for by the service that
 * does it, so that no door leads past it; a page that is open stands for a person only so long.
 */
export const actsToConfirm = {
  "change-credentials": "change how Aivo signs in to a SIS",
  "raise-limits": "change the safety limits",
  "disconnect-integration": "disconnect an integration",
  "erase-person": "erase a person",
  "shorten-retention": "have data erased sooner",
  "add-admin": "add an admin",
  "stop-admin": "sign an admin out for good",
  "add-webhook": "have messages sent to a webhook",
  "change-webhook-secret": "give a webhook another secret",
  "change-sign-in": "change how you sign in",
  "require-factor": "change how all admins sign in",
  "stop-recording-views": "stop recording who looks at people's data",
  "let-program-in": "let a program in",
  "reset-factor": "take an admin's second factor away",
} as const;
export type ActToConfirm = keyof typeof actsToConfirm;

/**
 * The one gate. Workers and the operator are whom they run as.
 * @throws ServiceError `confirm` for an account that has not shown lately who it is
 */
export function assertConfirmed({ actor }: Pick<DistrictScope | OwnScope, "actor">, act: ActToConfirm): void {
  if (actor.kind !== "account" || actor.isConfirmed === true) return;
  throw new ServiceError("confirm", `Confirm that it is you, to ${actsToConfirm[act]}.`);
}
