import type { Fate } from "#lib/platform/db/schema/source-records.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { textOfRef, type WhyTarget } from "#lib/services/why/schema.ts";
import type { Told, ToldIssue } from "#lib/services/why/told.ts";
import type { Lost } from "./schema.ts";

/** The other side of an enrollment, as the SIS has it. */
export interface Other {
  readonly integrationId: string;
  readonly externalId: string;
  readonly fate: Fate;
  readonly reason: string | null;
  readonly recordId: string | null;
  readonly role: "teacher" | "learner" | null;
  readonly name: string | null;
}

export interface Others {
  /** By `integrationId externalId`. */
  readonly others: ReadonlyMap<string, Other>;
  /** The issue for which an enrollment is not there: its own, that of the id it names, or that of its other side. */
  issues(row: Told, other: Other | undefined): ToldIssue | null;
}

interface KeyedIssue extends ToldIssue {
  readonly integrationId: string;
  readonly collection: string;
  readonly key: string;
}

/** The other sides of enrollments and the issues about them, in two queries for all. */
export async function othersOf(tx: Tx, rows: readonly Told[], side: "classes" | "users"): Promise<Others> {
  if (rows.length === 0) return { others: new Map(), issues: () => null };
  const idOf = (row: Told) => (side === "classes" ? row.classExternalId : row.personExternalId) ?? "";
  const found = await tx.sql<Other[]>`
    select m.integration_id as "integrationId", m.external_id as "externalId", m.fate, m.reason, m.record_id as "recordId", m.role,
      coalesce(m.name, nullif(btrim(concat_ws(' ', m.given_name, m.family_name)), '')) as name
    from (select distinct * from unnest(${rows.map((one) => one.integrationId)}::uuid[], ${rows.map(idOf)}::text[])) a (integration_id, external_id)
    join source_records m
      on m.district_id = ${tx.districtId} and m.external_id = a.external_id and m.integration_id = a.integration_id
        and m.collection = ${side}`;
  const keys = rows.flatMap((row) =>
    [row.externalId, `→${row.classExternalId}`, `→${row.personExternalId}`]
      .map((key) => ({ integrationId: row.integrationId, collection: "enrollments", key }))
      .concat({ integrationId: row.integrationId, collection: side, key: idOf(row) }),
  );
  const issues = await tx.sql<KeyedIssue[]>`
    select i.integration_id as "integrationId", i.collection, i.key, i.seq::float8 as seq, i.code, i.severity, i.opened_at as since, i.opened_number as "openedNumber",
      i.record_ids is not null as "asksWho",
      coalesce((select r.id from sync_runs r where r.district_id = ${tx.districtId} and r.integration_id = i.integration_id and r.state = 'succeeded'
        order by r.number desc limit 1), i.opened_run_id) as "runId"
    from (select distinct * from unnest(${keys.map((one) => one.integrationId)}::uuid[], ${keys.map((one) => one.collection)}::text[],
      ${keys.map((one) => one.key)}::text[])) a (integration_id, collection, key)
    join issues i
      on i.district_id = ${tx.districtId} and i.integration_id = a.integration_id and i.collection = a.collection and i.key = a.key
    where i.severity = 'error' order by i.seq limit 500`;
  const dated = issues.map((issue) => ({ ...issue, since: new Date(issue.since).toISOString() }));
  const of = (integrationId: string, collection: string, key: string) =>
    dated.find((one) => one.integrationId === integrationId && one.collection === collection && one.key === key) ?? null;
  return {
    others: new Map(found.map((one) => [`${one.integrationId} ${one.externalId}`, one])),
    issues: (row, other) =>
      (other !== undefined && other.fate !== "rostered" ? of(row.integrationId, side, other.externalId) : null) ??
      of(row.integrationId, "enrollments", row.externalId) ??
      (row.reason === "reference-class" ? of(row.integrationId, "enrollments", `→${row.classExternalId}`) : null) ??
      (row.reason === "reference-user" ? of(row.integrationId, "enrollments", `→${row.personExternalId}`) : null),
  };
}

/** Where the other side can be looked at: its page, or for whom Aivo does not have, why. */
export function refOfOther(integrationId: string, externalId: string, other: Other | undefined, side: "classes" | "users"): Lost["other"] {
  const ref = textOfRef({ integrationId, externalId });
  const name = other?.name ?? externalId;
  if (other?.recordId == null) return { name, to: null, ref };
  const to: WhyTarget | null =
    side === "classes" ? { kind: "classroom", id: other.recordId } : other.role === null ? null : { kind: other.role, id: other.recordId };
  return { name, to, ref: other.recordId };
}
