import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { accountsShown, evidenceOfShown } from "#lib/platform/db/match-evidence.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import type { Services } from "#lib/services/services.ts";
import { type Namesakes, SamePeople } from "./schema.ts";
import { openConflicts } from "./view.ts";

/*
 * A SIS that gives all its ids anew, and sends neither addresses nor numbers, asks of everybody whether they are whose name they have. That is
 * one question.
 */

/** The open questions about a name alone, each with the one account that it is about; none where two records ask about one account. */
function asked(tx: Tx) {
  return tx.sql`(
    select q.integration_id, q.integration_name, q.external_id, q.account_id, q.evidence
    from (
      select c.integration_id, c.integration_name, c.external_id, c.record_ids[1] as account_id,
        ${tx.sql.unsafe(evidenceOfShown("c", "s.accounts"))} as evidence,
        count(*) over (partition by c.integration_id, c.record_ids[1]) as askers
      from ${openConflicts(tx, { code: "match-namesake" })} c
      cross join lateral (
        select ${tx.sql.unsafe(accountsShown)} as accounts from accounts a
        where a.district_id = ${tx.districtId} and a.id = any(c.record_ids)) s) q
    where q.askers = 1)`;
}

/** By integration how many records are asked about by name alone, where there is more than one, with the hash of all that is asked. */
export function countNamesakes(services: Pick<Services, "db">, scope: DistrictScope<"read-syncs">): Promise<readonly Namesakes[]> {
  return withDistrict(services.db, scope, (tx) => namesakesIn(tx));
}

async function namesakesIn(tx: Tx): Promise<readonly Namesakes[]> {
  return tx.sql<Namesakes[]>`
    select integration_id as "integrationId", integration_name as "integrationName", count(*)::int as count,
      encode(sha256(convert_to(string_agg(evidence, ',' order by external_id), 'UTF8')), 'hex') as shown
    from ${asked(tx)} q
    group by integration_id, integration_name
    having count(*) > 1
    order by integration_name, integration_id`;
}

/**
 * Says of all records that are asked about by name alone that they are the same people by other ids. It counts for exactly what was shown,
 * each by itself, is followed by the next sync, and can be taken back one by one. Returns how many.
 * @throws ServiceError `not-found`, `invalid`, `conflict` when they are others than were shown
 */
export async function decideSamePeople(
  services: Services,
  scope: DistrictScope<"decide">,
  integrationId: string,
  input: unknown,
): Promise<number> {
  const { reason, shown } = parseOrRefuse(SamePeople, input, "The decision is not complete.");
  return withDistrict(services.db, scope, async (tx) => {
    await raiseRosterRevision(tx);
    const all = (await namesakesIn(tx)).find((one) => one.integrationId === integrationId);
    if (!all) throw new ServiceError("not-found", "Of this integration nothing of the kind is asked any more.");
    if (all.shown !== shown)
      throw new ServiceError(
        "conflict",
        "These are not the records that you looked at any more: a sync or a colleague changed them. Look again, and decide then.",
      );
    const decidedBy = scope.actor.kind === "account" ? scope.actor.accountId : null;
    await tx.sql`create temporary table asked on commit drop as
      select * from ${asked(tx)} q where integration_id = ${integrationId}`;
    await tx.sql`
      update match_decisions d set taken_back_at = now()
      from asked q
      where d.district_id = ${tx.districtId} and d.integration_id = ${integrationId} and d.external_id = q.external_id and d.taken_back_at is null
        and (d.verdict <> 'somebody-else' or d.account_id = q.account_id or q.account_id = any(d.account_ids))`;
    const { count } = await tx.sql`
      insert into match_decisions (district_id, integration_id, external_id, evidence, account_id, account_ids, verdict, reason,
        decided_by, decided_at)
      select ${tx.districtId}, integration_id, external_id, evidence, account_id, array[account_id], 'same-person', ${reason},
        ${decidedBy}, ${services.now().toISOString()}::timestamptz
      from asked
      on conflict (district_id, integration_id, external_id, evidence) do update set
        account_id = excluded.account_id, account_ids = excluded.account_ids, verdict = excluded.verdict, reason = excluded.reason,
        decided_by = excluded.decided_by, decided_at = excluded.decided_at, taken_back_at = null`;
    await appendAudit(
      tx,
      {
        actor: scope.actor,
        action: "match-decided",
        target: { kind: "integration", id: integrationId },
        details: { verdict: "same-person", reason, integrationId, records: count },
      },
      services.now(),
    );
    return count;
  });
}
