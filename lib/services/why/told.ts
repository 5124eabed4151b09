import type postgres from "postgres";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { precedence } from "#lib/platform/db/precedence.ts";
import type { Fate } from "#lib/platform/db/schema/source-records.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { MatchReason } from "#lib/roster/match-reasons.ts";
import type { ReadingRules } from "#lib/roster/reading-rules.ts";
import type { Scope } from "#lib/roster/scope.ts";

type Fragment = postgres.PendingQuery<postgres.Row[]>;

/** An open issue about one row of a SIS. */
export interface ToldIssue {
  readonly seq: number;
  readonly code: string;
  readonly severity: "error" | "warning" | "notice";
  readonly runId: string;
  readonly since: string;
  /** The number of the run that opened it. */
  readonly openedNumber: number;
  /** Whether an admin can say who it is (Conflicts). */
  readonly asksWho: boolean;
}

/** One row of the mirror: what a SIS said, and what became of it. Times as the database writes them. */
export interface Told {
  readonly integrationId: string;
  readonly integrationName: string;
  readonly integrationState: "active" | "paused" | "removed";
  readonly integrationChangedAt: string;
  readonly provider: ProviderId;
  readonly scope: Partial<Scope> | null;
  readonly plannedWith: string | null;
  readonly readingRules: Partial<ReadingRules>;
  readonly externalId: string;
  readonly fate: Fate;
  readonly reason: string | null;
  readonly recordId: string | null;
  readonly matchedBy: MatchReason | null;
  readonly rostered: boolean;
  readonly linkedAt: string | null;
  readonly endedAt: string | null;
  readonly missingSince: string | null;
  readonly outOfScopeSince: string | null;
  readonly since: string;
  readonly runId: string;
  readonly runNumber: number | null;
  readonly runAt: string | null;
  readonly sourcePart: string | null;
  readonly sourcePosition: number | null;
  readonly name: string | null;
  readonly code: string | null;
  readonly role: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly email: string | null;
  readonly studentNumber: string | null;
  readonly grade: string | null;
  readonly schoolExternalIds: readonly string[] | null;
  readonly schoolExternalId: string | null;
  readonly courseExternalId: string | null;
  readonly termExternalIds: readonly string[] | null;
  readonly classExternalId: string | null;
  readonly personExternalId: string | null;
  readonly beginDate: string | null;
  readonly endDate: string | null;
  readonly issues: readonly ToldIssue[];
}

const entityOf = { users: "account", classes: "classroom", enrollments: "membership", orgs: "school" } as const;

/**
 * Rows of the mirror with their integration, the run that read them and what is open about them, those of the integration that supplies the
 * values first. `which`: a condition over `m` that an index serves.
 */
export async function toldOf(tx: Tx, collection: keyof typeof entityOf, which: Fragment, limit = mostRows): Promise<Told[]> {
  const rows = await tx.sql<Told[]>`
    select m.integration_id as "integrationId", n.name as "integrationName", n.state as "integrationState",
      n.updated_at as "integrationChangedAt", n.provider, n.scope, n.planned_with as "plannedWith", n.reading_rules as "readingRules", m.external_id as "externalId",
      m.fate, m.reason, m.record_id as "recordId", m.matched_by as "matchedBy", m.rostered, m.linked_at as "linkedAt",
      m.ended_at as "endedAt", m.missing_since as "missingSince", m.out_of_scope_since as "outOfScopeSince", m.since,
      m.run_id as "runId", r.number as "runNumber", coalesce(r.finished_at, r.started_at) as "runAt", m.source_part as "sourcePart",
      m.source_position as "sourcePosition", m.name, m.code, m.role, m.given_name as "givenName", m.family_name as "familyName",
      m.email, m.student_number as "studentNumber", m.grade, m.school_external_ids as "schoolExternalIds",
      m.school_external_id as "schoolExternalId", m.course_external_id as "courseExternalId", m.term_external_ids as "termExternalIds",
      m.class_external_id as "classExternalId", m.person_external_id as "personExternalId",
      m.begin_date::text as "beginDate", m.end_date::text as "endDate",
      coalesce((
        select jsonb_agg(jsonb_build_object(
            'seq', i.seq, 'code', i.code, 'severity', i.severity, 'since', i.opened_at, 'openedNumber', i.opened_number,
            'asksWho', i.record_ids is not null,
            'runId', coalesce(last.id, i.opened_run_id))
          order by i.severity = 'error' desc, i.seq)
        from issues i
        where i.district_id = ${tx.districtId} and i.integration_id = m.integration_id and i.collection = ${collection}
          and i.key = m.external_id), '[]') as issues
    from source_records m
    join integrations n on n.district_id = ${tx.districtId} and n.id = m.integration_id
    left join sync_runs r on r.district_id = ${tx.districtId} and r.id = m.run_id
    left join lateral (
      select l.id from sync_runs l
      where l.district_id = ${tx.districtId} and l.integration_id = m.integration_id and l.state = 'succeeded'
      order by l.number desc limit 1) last on true
    where m.district_id = ${tx.districtId} and m.collection = ${collection} and ${which}
    order by (m.rostered and m.fate <> 'out-of-scope' and n.state = 'active') desc,
      ${tx.sql.unsafe(precedence("n", entityOf[collection]))}, m.external_id
    limit ${limit}`;
  return rows.map((row) => ({ ...row, issues: row.issues.map((issue) => ({ ...issue, since: new Date(issue.since).toISOString() })) }));
}

/** So many rows are led to one record at most, as far as anybody reads. */
const mostRows = 50;

/** Those that lead to a record. */
export const leadTo = (tx: Tx, recordId: string): Fragment => tx.sql`m.record_id = ${recordId}`;

/** The one that an integration calls so. */
export const calledBy = (
  tx: Tx,
  { integrationId, externalId }: { readonly integrationId: string; readonly externalId: string },
): Fragment => tx.sql`m.external_id = ${externalId} and m.integration_id = ${integrationId}`;

export const iso = (at: string | Date | null): string | null => (at === null ? null : new Date(at).toISOString());
