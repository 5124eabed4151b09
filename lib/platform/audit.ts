import { createHash } from "node:crypto";
import { and, asc, desc, eq, gt } from "drizzle-orm";
import type { Actor } from "#lib/platform/access.ts";
import { auditEntries } from "#lib/platform/db/schema/audit.ts";
import type { Tx } from "#lib/platform/db/tx.ts";

/** What can stand in the audit log. A new kind of event is added here first. */
export const auditActions = [
  "signed-in",
  "sign-in-refused",
  "sign-in-spray-seen",
  "signed-out",
  "sessions-ended",
  "district-created",
  "district-suspended",
  "district-resumed",
  "district-exported",
  "district-deletion-begun",
  "admin-created",
  "role-changed",
  "settings-changed",
  "account-deactivated",
  "account-reactivated",
  "account-barred",
  "account-unbarred",
  "classroom-archived",
  "classroom-restored",
  "record-edited",
  "edit-released",
  "edits-exported",
  "integration-created",
  "integration-changed",
  "scope-changed",
  "integration-paused",
  "integration-resumed",
  "integration-removed",
  "integration-order-changed",
  "integration-viewed",
  "connection-tested",
  "host-key-pinned",
  "authorization-begun",
  "authorization-refused",
  "integration-authorized",
  "run-requested",
  "run-cancelled",
  "run-succeeded",
  "run-failed",
  "run-held",
  "run-previewed",
  "run-approved",
  "run-discarded",
  "withheld-approved",
  "withheld-refused",
  "withheld-asked-again",
  "run-undone",
  "issues-acknowledged",
  "issues-released",
  "match-decided",
  "match-taken-back",
  "class-decided",
  "class-decision-taken-back",
  "roster-exported",
  "issues-exported",
  "changes-exported",
  "audit-exported",
  "audit-viewed",
  "views-exported",
  "accounts-purged",
  "account-held",
  "account-released",
  "account-exported",
  "account-erased",
  "id-unbarred",
  "withdrawn-records-emptied",
  "history-dropped",
  "classes-turned",
  "keys-rotated",
  "password-changed",
  "password-link-sent",
  "identity-confirmed",
  "identity-refused",
  "factor-added",
  "factor-removed",
  "recovery-code-used",
  "recovery-codes-made",
  "second-factor-reset",
  "identity-provider-added",
  "identity-provider-changed",
  "identity-provider-removed",
  "identity-provider-tested",
  "identity-bound",
  "identity-released",
  "sign-in-domains-changed",
  "own-accounts-required",
  "passwords-allowed",
  "blackout-added",
  "blackout-removed",
  "notifications-changed",
  "webhook-added",
  "webhook-changed",
  "webhook-removed",
  "webhook-secret-rotated",
  "webhook-tested",
  "delivery-repeated",
  "api-client-created",
  "api-client-revoked",
] as const;
export type AuditAction = (typeof auditActions)[number];

export interface AuditEvent {
  readonly actor: Actor | { readonly kind: "anonymous" };
  readonly action: AuditAction;
  readonly target: { readonly kind: string; readonly id: string | null };
  /** Ids, codes, counts, names of settings. Never a secret, never a learner's name. */
  readonly details?: Readonly<Record<string, unknown>>;
}

const genesis = "0".repeat(64);

/**
 * Appends one chained entry inside the caller's transaction: if this fails, so does what it records.
 * Entries of a district are serialised by a lock that lasts until the transaction ends.
 */
export async function appendAudit(tx: Tx, event: AuditEvent, at?: Date): Promise<void> {
  await tx.sql`select pg_advisory_xact_lock(hashtextextended('audit:' || ${tx.districtId}::text, 0))`;
  const now = at ?? (await readClock(tx));
  const [last] = await tx.orm
    .select({ seq: auditEntries.seq, hash: auditEntries.hash })
    .from(auditEntries)
    .where(eq(auditEntries.districtId, tx.districtId))
    .orderBy(desc(auditEntries.seq))
    .limit(1);
  await tx.orm.insert(auditEntries).values(entryAfter(last, tx.districtId, event, now));
}

/**
 * The same for many districts at once, in a handful of statements; for the owner's transactions. Their locks are taken in one order, so
 * that two who do this wait for each other and not in a circle.
 */
export async function appendAudits(tx: Tx, events: readonly (AuditEvent & { readonly districtId: string })[]): Promise<void> {
  if (events.length === 0) return;
  const districts = [...new Set(events.map((event) => event.districtId))].sort();
  await tx.sql`
    select pg_advisory_xact_lock(hashtextextended('audit:' || id, 0)) from unnest(${districts}::text[]) with ordinality d (id, place) order by place`;
  const now = await readClock(tx);
  const lasts = await tx.sql<{ districtId: string; seq: string; hash: string }[]>`
    select d.id as "districtId", last.seq, last.hash from districts d
    cross join lateral (select seq, hash from audit_entries a where a.district_id = d.id order by seq desc limit 1) last
    where d.id = any(${districts}::uuid[])`;
  const chains = new Map<string, Last>(lasts.map(({ districtId, seq, hash }) => [districtId, { seq: Number(seq), hash }]));
  const entries = events.map(({ districtId, ...event }) => {
    const entry = entryAfter(chains.get(districtId), districtId, event, now);
    chains.set(districtId, entry);
    return entry;
  });
  await tx.orm.insert(auditEntries).values(entries);
}

async function readClock(tx: Tx): Promise<Date> {
  const [clock] = await tx.sql<{ ms: number }[]>`select floor(extract(epoch from clock_timestamp()) * 1000)::float8 as ms`;
  return new Date(clock?.ms ?? 0);
}

type Last = Pick<typeof auditEntries.$inferSelect, "seq" | "hash">;

function entryAfter(last: Last | undefined, districtId: string, event: AuditEvent, at: Date): typeof auditEntries.$inferSelect {
  const entry = {
    districtId,
    seq: (last?.seq ?? 0) + 1,
    at,
    actorKind: event.actor.kind,
    actorId: event.actor.kind === "account" ? event.actor.accountId : event.actor.kind === "program" ? event.actor.clientId : null,
    action: event.action,
    targetKind: event.target.kind,
    targetId: event.target.id,
    details: { ...event.details },
    previousHash: last?.hash ?? genesis,
  };
  return { ...entry, hash: hashOf(entry) };
}

export interface AuditVerification {
  readonly entries: number;
  /** The first entry that does not follow from the one before it; null: the chain is whole. */
  readonly brokenAt: number | null;
}

const verifiedAtOnce = 1000;

/** Recomputes the chain of a district from its first entry, in pages. */
export async function verifyAudit(tx: Tx): Promise<AuditVerification> {
  let previousHash = genesis;
  let seq = 0;
  for (;;) {
    const page = await tx.orm
      .select()
      .from(auditEntries)
      .where(and(eq(auditEntries.districtId, tx.districtId), gt(auditEntries.seq, seq)))
      .orderBy(asc(auditEntries.seq))
      .limit(verifiedAtOnce);
    if (page.length === 0) return { entries: seq, brokenAt: null };
    for (const entry of page) {
      if (entry.seq !== seq + 1 || entry.previousHash !== previousHash || entry.hash !== hashOf(entry))
        return { entries: seq, brokenAt: seq + 1 };
      previousHash = entry.hash;
      seq = entry.seq;
    }
  }
}

type Unhashed = Omit<typeof auditEntries.$inferSelect, "hash">;

function hashOf(entry: Unhashed): string {
  const { districtId, seq, at, actorKind, actorId, action, targetKind, targetId, details, previousHash } = entry;
  return createHash("sha256")
    .update(
      JSON.stringify([
        districtId,
        seq,
        at.toISOString(),
        actorKind,
        actorId,
        action,
        targetKind,
        targetId,
        canonical(details),
        previousHash,
      ]),
    )
    .digest("hex");
}

/** jsonb does not keep the order of keys, so the hash must not depend on it. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== "object") return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, canonical(inner)]);
}
