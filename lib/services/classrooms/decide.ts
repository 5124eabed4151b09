import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import { ClassDecision, ClassPair, type DecidedClass } from "./decide-schema.ts";

/**
 * Says that a class of a SIS is one of Aivo's, or that it is not. The next sync follows, or applyDecisions() of conflicts: it plans
 * everything again, leads the id to that class or to one of its own, and whoever is in it goes along. It counts until it is taken back or
 * said otherwise. A plan that waits was made without it.
 * @throws ServiceError `not-found`, `invalid`, `precondition` when it cannot be that class
 */
export async function decideClass(
  services: Services,
  scope: DistrictScope<"decide">,
  integrationId: string,
  input: unknown,
): Promise<void> {
  const decision = parseOrRefuse(ClassDecision, input, "The decision is not complete.");
  await withDistrict(services.db, scope, async (tx) => {
    await raiseRosterRevision(tx);
    await requireIntegration(tx, integrationId);
    const [classroom] = await tx.sql<{ status: string; deactivatedBy: string | null }[]>`
      select status, deactivated_by as "deactivatedBy" from classrooms where district_id = ${tx.districtId} and id = ${decision.classroomId}`;
    if (!classroom) throw refusal("There is no such class in Aivo.");
    if (decision.verdict === "same") {
      if (classroom.deactivatedBy === "admin") throw refusal("An admin archived that class. Restore it on its page first.");
      await refuseTaken(tx, integrationId, decision);
    }
    await rememberClasses(services, tx, scope, integrationId, [decision]);
    const { verdict, reason, externalId, classroomId } = decision;
    await appendAudit(
      tx,
      {
        actor: scope.actor,
        action: "class-decided",
        target: { kind: "classroom", id: classroomId },
        details: { verdict, reason, integrationId, externalId },
      },
      services.now(),
    );
  });
}

/**
 * An id that was not read yet may be there in the place of the other one: syncs follow it as soon as that is gone.
 * @throws ServiceError `precondition` where the SIS has another id for the class beside this one, or another is said to be it
 */
async function refuseTaken(tx: Tx, integrationId: string, { externalId, classroomId }: ClassDecision): Promise<void> {
  const [other] = await tx.sql<{ externalId: string }[]>`
    select external_id as "externalId" from source_records
    where district_id = ${tx.districtId} and integration_id = ${integrationId} and collection = 'classes' and record_id = ${classroomId}
      and external_id <> ${externalId} and rostered and missing_since is null
      and exists (
        select from source_records n
        where n.district_id = ${tx.districtId} and n.integration_id = ${integrationId} and n.collection = 'classes'
          and n.external_id = ${externalId} and n.fate <> 'withdrawn')
    union all
    select external_id from class_decisions
    where district_id = ${tx.districtId} and integration_id = ${integrationId} and classroom_id = ${classroomId}
      and external_id <> ${externalId} and verdict = 'same'
    limit 1`;
  if (other)
    throw refusal(`Another class of this SIS, ${other.externalId}, is that class. Say of that one first that it is another class.`);
}

/**
 * Writes decisions inside the caller's transaction, which has raised the roster's revision: each in the place of an earlier one of the
 * same two classes, and a class of the SIS is one of Aivo's at most. Everything is planned again with the next sync.
 */
export async function rememberClasses(
  services: Pick<Services, "now">,
  tx: Tx,
  scope: DistrictScope<"decide">,
  integrationId: string,
  decisions: readonly ClassDecision[],
): Promise<void> {
  const isOurs = tx.sql`district_id = ${tx.districtId} and integration_id = ${integrationId}`;
  const same = decisions.flatMap(({ verdict, externalId }) => (verdict === "same" ? externalId : []));
  await tx.sql`delete from class_decisions where ${isOurs} and verdict = 'same' and external_id = any(${same}::text[])`;
  const decidedBy = scope.actor.kind === "account" ? scope.actor.accountId : null;
  const rows = JSON.stringify(decisions);
  await tx.sql`
    insert into class_decisions (district_id, integration_id, external_id, classroom_id, verdict, reason, decided_by, decided_at)
    select ${tx.districtId}, ${integrationId}, "externalId", "classroomId", verdict, reason, ${decidedBy}::uuid,
      ${services.now().toISOString()}::timestamptz
    from jsonb_to_recordset(${rows}::text::jsonb) as r ("externalId" text, "classroomId" uuid, verdict text, reason text)
    on conflict (district_id, integration_id, external_id, classroom_id) do update set
      verdict = excluded.verdict, reason = excluded.reason, decided_by = excluded.decided_by, decided_at = excluded.decided_at`;
  await planAgain(tx, integrationId);
}

/**
 * Takes a decision back: what syncs did of it stays, since the id leads where it leads; it counts for nothing that comes.
 * @throws ServiceError `not-found`, `invalid`
 */
export async function takeBackClass(
  services: Services,
  scope: DistrictScope<"decide">,
  integrationId: string,
  input: unknown,
): Promise<void> {
  const { externalId, classroomId } = parseOrRefuse(ClassPair, input, "Which decision is meant is not clear.");
  await withDistrict(services.db, scope, async (tx) => {
    await raiseRosterRevision(tx);
    const [gone] = isUuid(integrationId)
      ? await tx.sql<{ verdict: string }[]>`
          delete from class_decisions
          where district_id = ${tx.districtId} and integration_id = ${integrationId} and external_id = ${externalId}
            and classroom_id = ${classroomId}
          returning verdict`
      : [];
    if (!gone) throw new ServiceError("not-found", "There is no such decision any more.");
    await planAgain(tx, integrationId);
    await appendAudit(
      tx,
      {
        actor: scope.actor,
        action: "class-decision-taken-back",
        target: { kind: "classroom", id: classroomId },
        details: { verdict: gone.verdict, integrationId, externalId },
      },
      services.now(),
    );
  });
}

const pageSize = 100;

/** What was decided about classes, the latest first, a hundred at a time. */
export function listDecidedClasses(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  page = 1,
): Promise<{ readonly rows: readonly DecidedClass[]; readonly total: number; readonly pageSize: number }> {
  return withDistrict(services.db, scope, async (tx) => {
    const rows = await tx.sql<(DecidedClass & { total: number })[]>`
      select d.integration_id as "integrationId", i.name as "integrationName", d.external_id as "externalId",
        d.classroom_id as "classroomId", c.name as "classroomName", d.verdict, d.reason,
        a.given_name || ' ' || a.family_name as "decidedByName",
        to_char(d.decided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "decidedAt", count(*) over ()::int as total
      from class_decisions d
      join integrations i on i.district_id = d.district_id and i.id = d.integration_id
      left join classrooms c on c.district_id = d.district_id and c.id = d.classroom_id
      left join accounts a on a.district_id = d.district_id and a.id = d.decided_by
      where d.district_id = ${tx.districtId}
      order by d.decided_at desc, d.external_id, d.classroom_id
      limit ${pageSize} offset ${(page - 1) * pageSize}`;
    return { rows: rows.map(({ total: _, ...row }) => row), total: rows[0]?.total ?? 0, pageSize };
  });
}

async function planAgain(tx: Tx, integrationId: string): Promise<void> {
  await tx.sql`update integrations set planned_with = null where district_id = ${tx.districtId} and id = ${integrationId}`;
}

/** Locked, so that it is not removed meanwhile. @throws ServiceError `not-found` */
async function requireIntegration(tx: Tx, id: string): Promise<void> {
  const [found] = isUuid(id)
    ? await tx.sql`select from integrations where district_id = ${tx.districtId} and id = ${id} and state <> 'removed' for share`
    : [];
  if (!found) throw new ServiceError("not-found", "There is no such integration.");
}

function refusal(message: string): ServiceError {
  return new ServiceError("precondition", message, { classroomId: message });
}
