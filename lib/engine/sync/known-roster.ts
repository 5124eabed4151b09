import type { KnownRoster } from "#lib/engine/sis/source.ts";
import { workerScope } from "#lib/platform/access.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";

/** What an integration rosters already, for sources whose changes alone do not tell who left a class. */
export function knownRoster(db: Database, integration: { readonly districtId: string; readonly id: string }): KnownRoster {
  // One table at a time: for what was brought just before there are no statistics yet, and a join of two such tables
  // may take ten minutes. One table is at worst looked through once, and by index where little is asked for.
  const ask = <T>(question: (tx: Tx) => Promise<T>) => withDistrict(db, workerScope(integration.districtId), question);
  const linksOf = (tx: Tx, entity: LinkEntity) => tx.sql`
    source_records
    where district_id = ${integration.districtId}
      and integration_id = ${integration.id}
      and collection = ${collectionOfLinkEntity[entity]}
      and record_id is not null`;
  const idsOf = async (question: PromiseLike<readonly { id: string }[]>) => (await question).map(({ id }) => id);
  return {
    rostered: (collection, externalIds) =>
      ask(
        async (tx) =>
          new Set(
            await idsOf(
              tx.sql<{ id: string }[]>`
                select external_id as id from source_records
                where district_id = ${integration.districtId}
                  and integration_id = ${integration.id}
                  and collection = ${collection}
                  and external_id = any(${externalIds as string[]}::text[])
                  and (record_id is not null and rostered or fate = 'out-of-scope')`,
            ),
          ),
      ),
    // Those that could not be placed, or are out of scope, are in the mirror, so they have to be withdrawn as well.
    enrollmentsOf: (classExternalIds) =>
      ask(async (tx) => {
        const classes = classExternalIds as string[];
        const classrooms = await idsOf(
          tx.sql<{ id: string }[]>`
            select record_id as id from ${linksOf(tx, "classroom")}
              and external_id = any(${classes}::text[])`,
        );
        const memberships = await idsOf(
          tx.sql<{ id: string }[]>`
            select id from memberships
            where district_id = ${integration.districtId} and classroom_id = any(${classrooms}::uuid[])`,
        );
        const placed = await idsOf(
          tx.sql<{ id: string }[]>`
            select external_id as id from ${linksOf(tx, "membership")}
              and record_id = any(${memberships}::uuid[])
              and rostered`,
        );
        const waiting = await idsOf(
          tx.sql<{ id: string }[]>`
            select external_id as id from source_records
            where district_id = ${integration.districtId}
              and integration_id = ${integration.id}
              and collection = 'enrollments'
              and fate in ('waiting', 'withheld', 'out-of-scope')
              and class_external_id = any(${classes}::text[])`,
        );
        return [...new Set([...placed, ...waiting])];
      }),
    // By the memberships of whom the id leads to: an index on every name would cost as much as the enrollments. The id decides, since
    // two of a SIS may lead to one person.
    enrollmentsOfPerson: (personExternalId) =>
      ask(async (tx) => {
        const accounts = await idsOf(
          tx.sql<{ id: string }[]>`
            select record_id as id from ${linksOf(tx, "account")}
              and external_id = ${personExternalId}`,
        );
        const memberships = await idsOf(
          tx.sql<{ id: string }[]>`
            select id from memberships
            where district_id = ${integration.districtId} and account_id = any(${accounts}::uuid[])`,
        );
        const placed = await idsOf(
          tx.sql<{ id: string }[]>`
            select external_id as id from ${linksOf(tx, "membership")}
              and record_id = any(${memberships}::uuid[])
              and person_external_id = ${personExternalId}
              and rostered`,
        );
        const waiting = await idsOf(
          tx.sql<{ id: string }[]>`
            select external_id as id from source_records
            where district_id = ${integration.districtId}
              and integration_id = ${integration.id}
              and collection = 'enrollments'
              and fate in ('waiting', 'withheld')
              and person_external_id = ${personExternalId}`,
        );
        return [...new Set([...placed, ...waiting])];
      }),
    // Both in one go: a role that could not be read or counts for nothing is told all the same.
    rolesOf: (personExternalIds) =>
      ask(async (tx) => {
        const rows = await tx.sql<{ person: string; ids: string[] }[]>`
          select person_external_id as person, array_agg(external_id order by external_id) as ids from source_records
          where district_id = ${integration.districtId}
            and integration_id = ${integration.id}
            and collection = 'roles'
            and person_external_id = any(${personExternalIds as string[]}::text[])
            and fate <> 'withdrawn'
          group by person_external_id`;
        return new Map(rows.map(({ person, ids }) => [person, ids]));
      }),
    heardOf: (collection, externalIds) =>
      ask(async (tx) => {
        const rows = await tx.sql<{ id: string; isWithdrawn: boolean }[]>`
          select external_id as id, fate = 'withdrawn' as "isWithdrawn" from source_records
          where district_id = ${integration.districtId}
            and integration_id = ${integration.id}
            and collection = ${collection}
            and external_id = any(${externalIds as string[]}::text[])`;
        return new Map(rows.map(({ id, isWithdrawn }) => [id, isWithdrawn ? "withdrawn" : "there"]));
      }),
  };
}
