import { beyondSchools, type ReachScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import { absentPeople, readAbsent } from "./absent.ts";
import { accountsSearched, accountsWhere, hasAbsent, reachOf, readAccounts } from "./list.ts";
import type { ListedPerson, PeopleFilter, PersonRole } from "./schema.ts";

const rowsAtOnce = 1_000;

/**
 * All whom the filter finds, in parts and by name, those who never arrived last; the audit log says that they were taken out, without the words
 * that were searched for.
 */
export async function exportPeople(
  services: Pick<Services, "db" | "now">,
  scope: ReachScope<"export">,
  role: PersonRole,
  filter: PeopleFilter,
  write: (rows: readonly ListedPerson[]) => Promise<void>,
): Promise<void> {
  await withDistrict(services.db, beyondSchools(scope), (tx) => {
    const details = { list: `${role}s`, status: filter.status, searched: filter.q !== "" };
    const target = { kind: "district", id: scope.districtId };
    return appendAudit(tx, { actor: scope.actor, action: "roster-exported", target, details }, services.now());
  });
  const reach = await withDistrict(services.db, scope, (tx) => reachOf(tx, role, filter));
  for (let last: { familyName: string; givenName: string; id: string } | undefined; ; ) {
    const rows = await withDistrict(services.db, scope, async (tx) => {
      const after = last
        ? tx.sql`and (a.family_name, a.given_name, a.id) > (${last.familyName}, ${last.givenName}, ${last.id}::uuid)`
        : tx.sql``;
      const page = await tx.sql<{ id: string }[]>`
        ${accountsSearched(tx, role, filter, reach)}
        select a.id from accounts a where ${accountsWhere(tx, role, filter, reach)} ${after}
        order by a.family_name, a.given_name, a.id limit ${rowsAtOnce}`;
      const found = await readAccounts(
        tx,
        page.map(({ id }) => id),
      );
      return page.flatMap(({ id }) => found.get(id) ?? []);
    });
    last = rows.at(-1);
    if (last !== undefined) await write(rows.map((account) => ({ kind: "account", account })));
    if (rows.length < rowsAtOnce) break;
  }
  if (hasAbsent(filter)) await exportAbsent(services, scope, role, filter, write);
}

async function exportAbsent(
  services: Pick<Services, "db">,
  scope: ReachScope<"export">,
  role: PersonRole,
  filter: PeopleFilter,
  write: (rows: readonly ListedPerson[]) => Promise<void>,
): Promise<void> {
  for (let last: { externalId: string; integrationId: string } | undefined; ; ) {
    const { page, rows } = await withDistrict(services.db, scope, async (tx) => {
      const after = last ? tx.sql`and (m.external_id, m.integration_id) > (${last.externalId}, ${last.integrationId}::uuid)` : tx.sql``;
      const page = await tx.sql<{ externalId: string; integrationId: string }[]>`
        select m.external_id as "externalId", m.integration_id as "integrationId" from ${absentPeople(tx, role, filter)} ${after}
        order by m.external_id, m.integration_id limit ${rowsAtOnce}`;
      return { page: [...page], rows: [...(await readAbsent(tx, page)).values()] };
    });
    last = page.at(-1);
    if (rows.length > 0) await write(rows.map((absent) => ({ kind: "absent", absent })));
    if (page.length < rowsAtOnce) return;
  }
}
