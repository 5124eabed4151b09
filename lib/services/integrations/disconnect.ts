import type { DistrictScope } from "#lib/platform/access.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { assertConfirmed } from "#lib/services/accounts/confirm.ts";
import { insertRun, type RunRequest } from "#lib/services/runs/write.ts";
import type { Services } from "#lib/services/services.ts";
import { type DisconnectCount, type DisconnectNumbers, DisconnectRequest, disconnectKinds } from "./disconnect-schema.ts";
import { removeIntegration } from "./write.ts";

/**
 * Disconnecting asks what becomes of the people. *Leave* ends the integration at once. *Deactivate* is a run that reads nothing and plans
 * as if the SIS had nothing any more: what the ordinary rules make of that is shown as a preview, applied in one transaction, and stands
 * in the history; the integration ends with it.
 */

/**
 * What disconnecting would mean as things are. Class memberships go with their people and classes, and are counted by the preview.
 * @throws ServiceError `not-found`
 */
export function disconnectNumbers(
  services: Pick<Services, "db">,
  scope: DistrictScope<"change-integrations">,
  id: string,
): Promise<DisconnectNumbers> {
  return withDistrict(services.db, scope, async (tx) => {
    await requireIntegration(tx, id);
    const found = await countByKind(tx, id);
    const others = await tx.sql<{ name: string }[]>`
      select name from integrations
      where district_id = ${tx.districtId} and id <> ${id} and state <> 'removed'
      order by name`;
    const isOurs = tx.sql`district_id = ${tx.districtId} and integration_id = ${id}`;
    const [ends] = await tx.sql<DisconnectNumbers["ends"][]>`
      select
        (select count(*)::int from withheld_records where ${isOurs} and follows is null and refused_at is null) as withheld,
        (select count(*)::int from source_records where ${isOurs} and record_id is null and fate in ('waiting', 'withheld', 'left-out'))
          as unplaced,
        (select count(*)::int from sync_runs where ${isOurs} and state in ('held', 'previewed')) as plans,
        (select count(*)::int from issues where ${isOurs}) as issues`;
    const [planned] = await tx.sql<{ id: string }[]>`
      select id from sync_runs where ${isOurs} and state = 'previewed' and disconnect_reason is not null
      order by number desc limit 1`;
    return {
      counts: disconnectKinds.map((kind) => found.find((one) => one.kind === kind) ?? { kind, alone: 0, shared: 0, edited: 0 }),
      others: others.map(({ name }) => name),
      ends: ends ?? { withheld: 0, unplaced: 0, plans: 0, issues: 0 },
      plannedRunId: planned?.id ?? null,
    };
  });
}

const tableOf = { users: "accounts", classes: "classrooms", orgs: "schools", courses: "courses", academicSessions: "terms" } as const;
const kindOf = { classes: "classroom", orgs: "school", courses: "course", academicSessions: "term" } as const;

async function countByKind(tx: Tx, id: string): Promise<readonly DisconnectCount[]> {
  const counts: DisconnectCount[] = [];
  for (const [collection, table] of Object.entries(tableOf)) {
    const kind = collection === "users" ? tx.sql`t.role` : tx.sql`${kindOf[collection as keyof typeof kindOf]}::text`;
    counts.push(
      ...(await tx.sql<DisconnectCount[]>`
        select
          kind,
          count(*) filter (where not is_shared)::int as alone,
          count(*) filter (where is_shared)::int as shared,
          count(*) filter (where not is_shared and is_edited)::int as edited
        from (
          select
            ${kind} as kind,
            exists (
              select from source_records o
              join integrations i on i.district_id = o.district_id and i.id = o.integration_id
              where o.district_id = t.district_id and o.record_id = t.id and o.collection = ${collection}
                and o.integration_id <> ${id} and o.rostered and i.state <> 'removed') as is_shared,
            exists (select from kept_values k where k.district_id = t.district_id and k.record_id = t.id) as is_edited
          from ${tx.sql(table)} t
          where t.district_id = ${tx.districtId} and t.status = 'active'
            and t.id in (
              select record_id from source_records m
              where m.district_id = ${tx.districtId} and m.integration_id = ${id} and m.collection = ${collection} and m.rostered)
        ) each
        group by kind`),
    );
  }
  return counts;
}

export type Disconnected =
  | { readonly ok: true; readonly runId: string | null }
  | { readonly ok: false; readonly reason: "already-running"; readonly runId: string };

/**
 * Disconnects, or plans it: `runId` is the run that does it, or shows what it would do; null: it is done. An approval of the preview
 * applies exactly that. Also of a paused integration.
 * @throws ServiceError `not-found`, `invalid`, `conflict` while a sync of it is running
 */
export async function disconnectIntegration(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  id: string,
  input: unknown,
  options: { readonly isPreview: boolean; readonly trigger?: RunRequest["trigger"] },
): Promise<Disconnected> {
  const { people, reason } = parseOrRefuse(DisconnectRequest, input, "The integration was not disconnected.");
  assertConfirmed(scope, "disconnect-integration");
  if (people === "leave") {
    await removeIntegration(services, scope, id, reason);
    return { ok: true, runId: null };
  }
  return withDistrict(services.db, scope, async (tx) => {
    await requireIntegration(tx, id);
    const kind = options.isPreview ? "preview" : "sync";
    const run = { integrationId: id, kind, trigger: options.trigger ?? "manual", planRunId: null, disconnectReason: reason } as const;
    return insertRun(services, tx, scope, run, "run-requested");
  });
}

/** Locked, so that it is not removed meanwhile. @throws ServiceError `not-found` */
async function requireIntegration(tx: Tx, id: string): Promise<void> {
  const [found] = isUuid(id)
    ? await tx.sql`
        select from integrations where district_id = ${tx.districtId} and id = ${id} and state <> 'removed' for share`
    : [];
  if (!found) throw new ServiceError("not-found", "There is no such integration.");
}
