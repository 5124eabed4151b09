import type { Tx } from "#lib/platform/db/tx.ts";
import { actionWords, type RecordEdits } from "#lib/services/edits/schema.ts";
import { inWords, type StoredChange } from "#lib/services/runs/change-words.ts";
import type { WhyLink } from "./schema.ts";

interface SyncChange extends StoredChange {
  readonly runId: string;
  readonly integrationId: string;
  readonly integrationName: string;
  readonly runNumber: number;
  readonly runKind: "sync" | "approval" | "undo";
  readonly trigger: "manual" | "schedule" | "command-line" | "api";
  readonly requestedBy: string | null;
  readonly at: string;
}

/** Of a record, the latest change by a sync that was applied, since the record was created; `only`: of this kind alone. */
async function lastBySync(tx: Tx, recordId: string, only: "deactivated" | null): Promise<SyncChange | null> {
  const [row] = await tx.sql<SyncChange[]>`
    select c.seq, c.entity, c.action, c.record_id as "recordId", c.external_id as "externalId", c.reason, c.before, c.after,
      c.run_id as "runId", r.integration_id as "integrationId", n.name as "integrationName", r.number as "runNumber", r.kind as "runKind",
      r.trigger, trim(b.given_name || ' ' || b.family_name) as "requestedBy", coalesce(r.applied_at, r.finished_at) as at
    from run_changes c
    join sync_runs r on r.district_id = ${tx.districtId} and r.id = c.run_id and r.state = 'succeeded'
    join integrations n on n.district_id = ${tx.districtId} and n.id = r.integration_id
    left join accounts b on b.district_id = ${tx.districtId} and b.id = r.requested_by
    where c.district_id = ${tx.districtId} and c.record_id = ${recordId} and c.action not in ('created', 'left-alone')
      ${only === null ? tx.sql`` : tx.sql`and c.action = ${only}`}
    order by coalesce(r.applied_at, r.finished_at) desc, c.seq desc
    limit 1`;
  return row ?? null;
}

const kinds = { sync: "Sync", approval: "Sync", undo: "Undo, run" } as const;

function bySync({ integrationName, runNumber, runKind, trigger, requestedBy }: SyncChange): string {
  const who =
    requestedBy !== null
      ? `asked for by ${requestedBy}`
      : trigger === "schedule"
        ? "by its schedule"
        : trigger === "manual"
          ? "asked for by an admin"
          : "from the command line";
  return `${kinds[runKind]} ${runNumber} of ${integrationName}, ${who}`;
}

const moreOf = ({ integrationId, runId, runNumber }: SyncChange): WhyLink["more"] => ({
  label: `Sync ${runNumber}`,
  to: { kind: "run", integrationId, runId },
});

/** The sync that deactivated a record; null: none that is still known. */
export async function deactivatingSync(tx: Tx, recordId: string): Promise<Pick<WhyLink, "says" | "at" | "more"> | null> {
  const change = await lastBySync(tx, recordId, "deactivated");
  if (change === null) return null;
  return { says: `${bySync(change)}: ${change.reason}`, at: new Date(change.at).toISOString(), more: moreOf(change) };
}

const verbs: Partial<Record<StoredChange["action"], string>> = {
  updated: "Changed",
  deactivated: "Deactivated",
  reactivated: "Reactivated",
  linked: "Linked to the SIS",
  unlinked: "Unlinked from the SIS",
  removed: "Removed",
};

/** What was last changed of a person or class, by whom and when, by a sync or by hand. */
export async function lastChange(
  tx: Tx,
  { recordId, createdAt, isFromSis }: { readonly recordId: string; readonly createdAt: string; readonly isFromSis: boolean },
  { history }: RecordEdits,
): Promise<WhyLink> {
  const about = { link: "last-change", title: "Last change", state: "told", remedy: null } as const;
  const change = await lastBySync(tx, recordId, null);
  // What a sync brought of an edited column is told by the edit itself.
  const edit = history.find(({ action }) => action !== "said");
  if (edit !== undefined && (change === null || edit.at >= new Date(change.at).toISOString())) {
    const fields = edit.fields.map(({ field, before, after }) => inArrow(field, before, after));
    const what = [actionWords[edit.action] ?? edit.action, ...fields].join("; ");
    return { ...about, says: `${what}. By ${edit.actor}${edit.reason === null ? "" : `: “${edit.reason}”`}.`, at: edit.at, more: null };
  }
  if (change === null)
    return {
      ...about,
      says: isFromSis ? "Unchanged since a sync brought it, as far as changes are kept." : "Added by hand, and unchanged since.",
      at: new Date(createdAt).toISOString(),
      more: null,
    };
  const [words] = await inWords(tx, { id: change.runId, hasPlan: false }, [change]);
  const fields = (words?.fields ?? []).map(({ field, before, after }) => inArrow(field, before, after));
  const what = [verbs[change.action] ?? change.action, ...fields].join("; ");
  return {
    ...about,
    says: `${what}. By ${bySync(change)} (${change.reason}).`,
    at: new Date(change.at).toISOString(),
    more: moreOf(change),
  };
}

const inArrow = (field: string, before: string | null, after: string | null) => `${field}: ${before ?? "blank"} → ${after ?? "blank"}`;
