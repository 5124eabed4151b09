import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { type Tx, withDistrict, withOwner } from "#lib/platform/db/tx.ts";
import { forgetPlan } from "#lib/platform/db/waiting-plans.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { assertConfirmed } from "#lib/services/accounts/confirm.ts";
import type { Services } from "#lib/services/services.ts";
import { barIds } from "./barred-ids.ts";
import { eraseTraces } from "./erase-traces.ts";
import { findHold } from "./holds.ts";
import { purgeAccounts } from "./purge-accounts.ts";
import { EraseRequest, type ErasureView } from "./schema.ts";

export interface Erased {
  readonly memberships: number;
  readonly links: number;
  /** Records of SISs that syncs leave out from now on. */
  readonly barred: number;
  /** Plans that waited for an admin, named the person, and are discarded. */
  readonly plansDiscarded: number;
}

/** What erasing a teacher or learner would take, and whether a SIS would bring them back. @throws ServiceError `not-found` */
export function viewErasure(services: Pick<Services, "db">, scope: DistrictScope<"read-roster">, id: string): Promise<ErasureView> {
  return withDistrict(services.db, scope, async (tx) => {
    const { name } = await requirePerson(tx, id);
    const [counted] = await tx.sql<{ memberships: number }[]>`
      select count(*)::int as memberships from memberships where district_id = ${tx.districtId} and account_id = ${id}`;
    const integrations = await tx.sql<{ name: string; isRostered: boolean }[]>`
      select i.name, bool_or(l.rostered and i.state <> 'removed') as "isRostered"
      from source_records l
      join integrations i on i.district_id = l.district_id and i.id = l.integration_id
      where l.district_id = ${tx.districtId} and l.record_id = ${id} and l.collection = 'users'
      group by i.id, i.name
      order by i.name`;
    return { name, memberships: counted?.memberships ?? 0, integrations: [...integrations], hold: await findHold(tx, id) };
  });
}

/**
 * Erases a teacher or learner, active or not: the account and everything about it, in one transaction. What a SIS goes on saying of them is
 * left out by syncs from now on, where `bar` says so; else the next sync makes them anew. The audit log says that it happened, why and by
 * whom, and of the person no more than the id that Aivo had given.
 * @throws ServiceError `not-found`, `invalid` where the name is not theirs, `precondition` while they are held, `conflict` while a sync is running, `confirm`
 */
export async function erasePerson(
  services: Services,
  scope: DistrictScope<"erase-people">,
  id: string,
  input: EraseRequest,
): Promise<Erased> {
  const { reason, name, bar } = parseOrRefuse(EraseRequest, input, "Nothing was erased.");
  assertConfirmed(scope, "erase-person");
  // The scope says that somebody may; the application's role may not.
  const discarded: string[] = [];
  const erased = await withOwner(services.db, scope.districtId, async (tx) => {
    await raiseRosterRevision(tx);
    const person = await requirePerson(tx, id);
    if (simple(name) !== simple(person.name))
      throw new ServiceError("invalid", "Nothing was erased.", { name: "Type the name exactly as it stands above" });
    if (await findHold(tx, id)) throw new ServiceError("precondition", "This account is held from erasure. Release it first.");
    // What a sync has read already names the person, and knows nothing of what is barred now.
    const [running] = await tx.sql`
      select from sync_runs where district_id = ${tx.districtId} and state in ('running', 'applying') limit 1`;
    if (running) throw new ServiceError("conflict", "A sync is running. Wait for its end, or cancel it, then erase.");
    discarded.push(...(await discardPlans(tx)));
    const ids = await idsInSis(tx, id);
    await eraseTraces(tx, id);
    const { memberships, links } = await purgeAccounts(tx, tx.sql`a.district_id = ${tx.districtId} and a.id = ${id}`);
    const barredBy = scope.actor.kind === "account" ? scope.actor.accountId : null;
    const barred = bar ? await barIds(tx, services.keyring, ids, { reason, barredBy, at: services.now() }) : 0;
    const done = { memberships, links, barred, plansDiscarded: discarded.length };
    const target = { kind: "account", id };
    await appendAudit(tx, { actor: scope.actor, action: "account-erased", target, details: { reason, ...done } }, services.now());
    return done;
  });
  for (const runId of discarded) await forgetPlan(services.db.sql, runId);
  return erased;
}

const simple = (name: string) => name.trim().replace(/\s+/g, " ").toLowerCase();

/** @throws ServiceError `not-found` */
async function requirePerson(tx: Tx, id: string): Promise<{ readonly name: string }> {
  const [person] = isUuid(id)
    ? await tx.sql<{ name: string }[]>`
        select trim(given_name || ' ' || family_name) as name from accounts
        where district_id = ${tx.districtId} and id = ${id} and role <> 'admin'`
    : [];
  if (!person) throw new ServiceError("not-found", "There is no such teacher or learner.");
  return person;
}

/** Of all integrations: a plan that waits has what the SIS said of everybody in it. */
async function discardPlans(tx: Tx): Promise<readonly string[]> {
  const rows = await tx.sql<{ id: string }[]>`
    update sync_runs set state = 'discarded'
    where district_id = ${tx.districtId} and state in ('held', 'previewed')
    returning id`;
  return rows.map(({ id }) => id);
}

/** By which ids the integrations that are there know them, or somebody of the same name with the same address or number. */
async function idsInSis(tx: Tx, id: string): Promise<readonly { integrationId: string; externalId: string }[]> {
  return tx.sql<{ integrationId: string; externalId: string }[]>`
    select l.integration_id as "integrationId", l.external_id as "externalId"
    from source_records l
    join integrations i on i.district_id = l.district_id and i.id = l.integration_id and i.state <> 'removed'
    join accounts a on a.district_id = l.district_id and a.id = ${id}
    where l.district_id = ${tx.districtId} and l.collection = 'users' and l.external_id > chr(2)
      and (l.record_id = a.id
        or l.record_id is null and l.given_name = a.given_name and l.family_name = a.family_name
          and (l.email = a.email or l.student_number = a.student_number))`;
}
