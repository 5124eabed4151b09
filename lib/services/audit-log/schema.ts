import { z } from "zod";
import type { AuditAction } from "#lib/platform/audit.ts";

/** Free of Node: pages and components import this file. */

/** Every action in words; a new one does not compile until it has some. */
export const auditActionLabels: Record<AuditAction, string> = {
  "signed-in": "Signed in",
  "sign-in-refused": "Sign-in refused",
  "signed-out": "Signed out",
  "district-created": "District created",
  "district-suspended": "District suspended",
  "district-resumed": "District resumed",
  "district-exported": "District exported",
  "district-deletion-begun": "Deletion of the district begun",
  "admin-created": "Admin added",
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
  "roster-exported": "Roster exported",
  "issues-exported": "Issues downloaded",
  "changes-exported": "Changes downloaded",
  "audit-exported": "Audit log downloaded",
  "audit-viewed": "Audit log verified",
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
  "blackout-added": "Blackout added",
  "blackout-removed": "Blackout removed",
  "notifications-changed": "Notifications changed",
  "webhook-added": "Webhook added",
  "webhook-changed": "Webhook changed",
  "webhook-removed": "Webhook removed",
  "webhook-secret-rotated": "Webhook secret rotated",
  "webhook-tested": "Webhook tested",
  "delivery-repeated": "Message sent again",
};
const actions = Object.keys(auditActionLabels) as [AuditAction, ...AuditAction[]];

/** Who acts, when it is no account. */
export const actorKindLabels = {
  worker: "Aivo (in the background)",
  operator: "Operator (command line)",
  anonymous: "Somebody not signed in",
} as const;
export type ActorKind = keyof typeof actorKindLabels;
const actorKinds = Object.keys(actorKindLabels) as [ActorKind, ...ActorKind[]];

const day = z.iso.date().optional().catch(undefined);

/** What is not understood counts as left out: an old link still opens the log. */
export const AuditFilter = z.object({
  action: z.enum(actions).optional().catch(undefined),
  /** An account's id, or a kind of actor. */
  actor: z
    .union([z.uuid(), z.enum(actorKinds)])
    .optional()
    .catch(undefined),
  /** Days in the district's time zone, both included. */
  from: day,
  to: day,
  page: z.coerce.number().int().min(1).max(100_000).catch(1).default(1),
});
export type AuditFilter = z.infer<typeof AuditFilter>;

export const auditPageSize = 50;

export interface AuditRow {
  readonly seq: number;
  readonly at: string;
  readonly actorKind: "account" | ActorKind;
  readonly actorId: string | null;
  /** Of an account that is still there. */
  readonly actorName: string | null;
  readonly action: string;
  readonly targetKind: string;
  readonly targetId: string | null;
  /** The target's name, where it is still there. */
  readonly targetName: string | null;
  /** For an account. */
  readonly targetRole: "admin" | "teacher" | "learner" | null;
  /** For a sync: where it belongs. */
  readonly targetIntegrationId: string | null;
  /** Of a sync: its number in the integration. */
  readonly targetNumber: number | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly hash: string;
}

/** "Sync requested"; an action of a later version stays as it is. */
export function actionLabel(action: string): string {
  return auditActionLabels[action as AuditAction] ?? action;
}

export function actorLabel(row: Pick<AuditRow, "actorKind" | "actorName">): string {
  if (row.actorKind === "account") return row.actorName ?? "An account that was removed";
  return actorKindLabels[row.actorKind];
}
