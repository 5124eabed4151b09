import type { KnownRoster } from "#lib/engine/sis/source.ts";
import { workerScope } from "#lib/platform/access.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { collectionOfLinkEntity, type LinkEntity, linkEntityOfCollection } from "#lib/roster/canonical.ts";

/** What an integration rosters already, for sources whose changes alone do not tell who left a class. */
export function knownRoster(db: Database, integration: { readonly districtId: string; readonly id: string }): KnownRoster {
  // One table at a time: for what was brought just before there are no statistics yet, and a join of two such tables may take
  // ten minutes. One table is at worst looked through once, and by index where little is asked for.
  const ask = <T>(question: (tx: Tx) => Promise<T>) => withDistrict(db, workerScope(integration.districtId), question);
  const linksOf = (tx: Tx, entity: LinkEntity) => tx.sql`
    source_records where district_id = ${integration.districtId} and integration_id = ${integration.id}
      and collection = ${collectionOfLinkEntity[entity]} and record_id is not null`;
  const idsOf = async (question: PromiseLike<readonly { id: string }[]>) => (await question).map(({ id }) => id);
  return {
    rostered: (collection, externalIds) =>
      ask(
        async (tx) =>
          new Set(
            await idsOf(
              tx.sql<{ id: string }[]>`
                select external_id as id from ${linksOf(tx, linkEntityOfCollection[collection])} and external_id = any(${externalIds as string[]}::text[]) and rostered`,
            ),
          ),
      ),
    // Those that could not be placed are in the mirror, so they have to be withdrawn as well.
    enrollmentsOf: (classExternalIds) =>
      ask(async (tx) => {
        const classes = classExternalIds as string[];
        const classrooms = await idsOf(
          tx.sql<{ id: string }[]>`select record_id as id from ${linksOf(tx, "classroom")} and external_id = any(${classes}::text[])`,
        );
        const memberships = await idsOf(
          tx.sql<{ id: string }[]>`
            select id from memberships where district_id = ${integration.districtId} and classroom_id = any(${classrooms}::uuid[])`,
        );
        const placed = await idsOf(
          tx.sql<{ id: string }[]>`
            select external_id as id from ${linksOf(tx, "membership")} and record_id = any(${memberships}::uuid[]) and rostered`,
        );
        const waiting = await idsOf(
          tx.sql<{ id: string }[]>`
            select external_id as id from source_records
            where district_id = ${integration.districtId} and integration_id = ${integration.id}
              and collection = 'enrollments' and fate in ('waiting', 'withheld') and class_external_id = any(${classes}::text[])`,
        );
        return [...new Set([...placed, ...waiting])];
      }),
  };
}
