import type { AuditAction } from "#lib/platform/audit.ts";

/** Free of everything: what runs in the browser imports this file. */

/** Every action in words; a new one does not compile until it has some. */
export const auditActionLabels: Record<AuditAction, string> = {
  "signed-in": "Signed in",
  "sign-in-refused": "Sign-in refused",
  "sign-in-spray-seen": "Passwords tried on many accounts",
  "signed-out": "Signed out",
  "sessions-ended": "Sessions ended",
  "district-created": "District created",
  "district-suspended": "District suspended",
  "district-resumed": "District resumed",
  "district-exported": "District exported",
  "district-deletion-begun": "Deletion of the district begun",
  "admin-created": "Admin added",
  "role-changed": "Role changed",
  "settings-changed": "Settings changed",
  "account-deactivated": "Account deactivated",
  "account-reactivated": "Account reactivated",
  "account-barred": "Account barred from signing in",
  "account-unbarred": "Account allowed to sign in",
  "classroom-archived": "Classroom archived",
  "classroom-restored": "Classroom brought back",
  "record-edited": "Values edited in Aivo",
  "edit-released": "Edits given back to the SIS",
  "edits-exported": "Edits downloaded",
  "integration-created": "Integration added",
  "integration-changed": "Integration changed",
  "scope-changed": "Scope of an integration changed",
  "integration-paused": "Integration paused",
  "integration-resumed": "Integration resumed",
  "integration-removed": "Integration removed",
  "integration-order-changed": "Changed whose values win",
  "integration-viewed": "Integration settings viewed",
  "connection-tested": "Connection tested",
  "host-key-pinned": "Host key confirmed",
  "authorization-begun": "Authorization begun",
  "authorization-refused": "Authorization not completed",
  "integration-authorized": "Integration authorized",
  "run-requested": "Sync requested",
  "run-cancelled": "Sync canceled",
  "run-succeeded": "Sync succeeded",
  "run-failed": "Sync failed",
  "run-previewed": "Preview finished",
  "run-held": "Sync held for review",
  "run-approved": "Sync approved",
  "run-discarded": "Sync discarded",
  "withheld-approved": "Withheld changes approved",
  "withheld-refused": "Withheld changes refused",
  "withheld-asked-again": "Refusal of withheld changes taken back",
  "run-undone": "Undo of a sync requested",
  "issues-acknowledged": "Issues of a cause acknowledged",
  "issues-released": "Acknowledgement of issues taken back",
  "match-decided": "Decided who a record is",
  "match-taken-back": "Took back who a record is",
  "class-decided": "Decided which class a record is",
  "class-decision-taken-back": "Took back which class a record is",
  "roster-exported": "Roster exported",
  "issues-exported": "Issues downloaded",
  "changes-exported": "Changes downloaded",
  "audit-exported": "Audit log downloaded",
  "audit-viewed": "Audit log verified",
  "views-exported": "Who looked downloaded",
  "accounts-purged": "Accounts purged after retention",
  "account-held": "Account held from erasure",
  "account-released": "Account released for erasure",
  "account-exported": "One person's data exported",
  "account-erased": "One person's data erased on request",
  "id-unbarred": "Record of a SIS let in again",
  "withdrawn-records-emptied": "Withdrawn SIS records emptied after retention",
  "history-dropped": "Old history of syncs dropped",
  "classes-turned": "Classes began or ended by their dates",
  "keys-rotated": "Encryption keys rotated",
  "password-changed": "Password changed",
  "password-link-sent": "Link to choose a password sent",
  "identity-confirmed": "Identity confirmed",
  "identity-refused": "Identity not confirmed",
  "factor-added": "Second factor added",
  "factor-removed": "Second factor removed",
  "recovery-code-used": "Recovery code used",
  "recovery-codes-made": "Recovery codes made",
  "second-factor-reset": "Second factor reset",
  "identity-provider-added": "Way of signing in added",
  "identity-provider-changed": "Way of signing in changed",
  "identity-provider-removed": "Way of signing in removed",
  "identity-provider-tested": "Way of signing in tested",
  "identity-bound": "Own account linked",
  "identity-released": "Link of an own account released",
  "sign-in-domains-changed": "Domains for signing in changed",
  "own-accounts-required": "Signing in with a password ended",
  "passwords-allowed": "Signing in with a password allowed",
  "blackout-added": "Blackout added",
  "blackout-removed": "Blackout removed",
  "notifications-changed": "Notifications changed",
  "webhook-added": "Webhook added",
  "webhook-changed": "Webhook changed",
  "webhook-removed": "Webhook removed",
  "webhook-secret-rotated": "Webhook secret rotated",
  "webhook-tested": "Webhook tested",
  "delivery-repeated": "Message sent again",
  "api-client-created": "API access given",
  "api-client-revoked": "API access revoked",
};

/** Who acts, when it is no account. */
export const actorKindLabels = {
  worker: "Aivo (in the background)",
  operator: "Operator (command line)",
  anonymous: "Somebody not signed in",
  program: "A program (API)",
} as const;
export type ActorKind = keyof typeof actorKindLabels;

/** "Sync requested"; an action of a later version stays as it is. */
export function actionLabel(action: string): string {
  return auditActionLabels[action as AuditAction] ?? action;
}

/** Who acts, as a sentence begins. */
export function actorInSentence({
  actorKind,
  actorName,
}: {
  readonly actorKind: "account" | ActorKind;
  readonly actorName: string | null;
}): string {
  if (actorKind === "account") return actorName ?? "An account that was removed";
  if (actorKind === "program") return programNamed(actorName);
  return { worker: "Aivo", operator: "The operator", anonymous: "Somebody not signed in" }[actorKind];
}

export function actorLabel(row: { readonly actorKind: "account" | ActorKind; readonly actorName: string | null }): string {
  if (row.actorKind === "account") return row.actorName ?? "An account that was removed";
  return row.actorKind === "program" ? programNamed(row.actorName) : actorKindLabels[row.actorKind];
}

export const programNamed = (name: string | null) => (name === null ? actorKindLabels.program : `${name} (API)`);
