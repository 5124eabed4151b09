import { z } from "zod";
import type { AuditAction } from "#lib/platform/audit.ts";
import { type ActorKind, actorKindLabels, auditActionLabels } from "./labels.ts";

/** Free of Node: pages and components import this file. */

const actions = Object.keys(auditActionLabels) as [AuditAction, ...AuditAction[]];

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

/** What an entry says: somebody, what they did, to what, and what follows. */
export interface AuditSentence {
  /** "Dana Whitfield", "Aivo" */
  readonly actor: string;
  /** "changed the schedule of" */
  readonly does: string;
  /** What it was done to; it leads to its page where it has one. Null: nothing that has a name. */
  readonly target: string | null;
  /** What follows: before and after, a reason, a count. Blank: nothing. */
  readonly rest: string;
}

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
  readonly previousHash: string;
  readonly hash: string;
}
