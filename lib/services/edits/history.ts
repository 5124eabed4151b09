import type { AnyScope } from "#lib/platform/access.ts";
import { type AuditAction, appendAudit } from "#lib/platform/audit.ts";
import type { EditAction, EditedEntity } from "#lib/platform/db/schema/edits.ts";
import type { Tx } from "#lib/platform/db/tx.ts";

export interface EditEvent {
  readonly entity: EditedEntity;
  readonly recordId: string;
  readonly action: EditAction;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly reason?: string | null;
}

/**
 * Writes into a record's history what a person did to it. The caller has raised the roster's revision before, in the same transaction:
 * by that number it is known which syncs came before and which after.
 */
export async function noteByHand(tx: Tx, scope: AnyScope, event: EditEvent, at: Date): Promise<void> {
  const { entity, recordId, action, before, after, reason } = event;
  const { actor } = scope;
  const json = (columns: EditEvent["before"]) => (columns === undefined ? null : JSON.stringify(columns));
  await tx.sql`
    insert into record_edits (district_id, record_id, entity, action, before, after, reason, actor_kind, actor_id, at, roster_revision)
    select ${tx.districtId}, ${recordId}, ${entity}, ${action}, ${json(before)}::jsonb, ${json(after)}::jsonb, ${reason ?? null},
      ${actor.kind}, ${actor.kind === "account" ? actor.accountId : null}, ${at.toISOString()}, roster_revision
    from districts where id = ${tx.districtId}
    on conflict do nothing`;
}

/**
 * The same, and into the audit log: of a person the names of fields alone, since the log is never emptied; of a classroom the
 * values too. Status is told before and after of both.
 */
export async function noteAndAudit(tx: Tx, scope: AnyScope, event: EditEvent, action: AuditAction, at: Date): Promise<void> {
  await noteByHand(tx, scope, event, at);
  const { entity, recordId, before = {}, after = {}, reason } = event;
  const isTold = entity === "classroom" || "status" in after;
  const details = {
    ...(reason ? { reason } : {}),
    fields: Object.keys(after),
    ...(isTold ? { before, after } : {}),
  };
  await appendAudit(tx, { actor: scope.actor, action, target: { kind: entity, id: recordId }, details }, at);
}
