import { workerScope } from "#lib/access.ts";
import type { Database } from "#lib/db/client.ts";
import { type Tx, withDistrict } from "#lib/db/tx.ts";
import { type Collection, collectionOfLinkEntity, type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import type { KnownRoster } from "#lib/sis/source.ts";

const entityOf = Object.fromEntries(linkEntities.map((entity) => [collectionOfLinkEntity[entity], entity])) as Record<
  Collection,
  LinkEntity
>;

/** What an integration rosters already, for sources whose changes alone do not tell who left a class. */
export function knownRoster(db: Database, integration: { readonly districtId: string; readonly id: string }): KnownRoster {
  // By index, unlike the plan's joins: what is asked for is little beside what is there, and the statistics know what is there.
  const ask = (question: (tx: Tx) => Promise<readonly { id: string }[]>) =>
    withDistrict(db, workerScope(integration.districtId), async (tx) => (await question(tx)).map((row) => row.id));
  return {
    rostered: async (collection, externalIds) =>
      new Set(
        await ask(
          (tx) => tx.sql<{ id: string }[]>`
            select l.external_id as id from external_links l
            join jsonb_array_elements_text(${JSON.stringify(externalIds)}::text::jsonb) asked on asked.value = l.external_id
            where l.district_id = ${integration.districtId} and l.integration_id = ${integration.id} and l.entity = ${entityOf[collection]} and l.rostered`,
        ),
      ),
    // Those that could not be placed are staged again beside every delta, so they have to be withdrawn as well.
    enrollmentsOf: (classExternalIds) =>
      ask(
        (tx) => tx.sql<{ id: string }[]>`
          with asked as (select value as class_id from jsonb_array_elements_text(${JSON.stringify(classExternalIds)}::text::jsonb))
          select m.external_id as id
          from asked
          join external_links c on c.district_id = ${integration.districtId} and c.integration_id = ${integration.id} and c.entity = 'classroom' and c.external_id = asked.class_id
          join memberships r on r.district_id = c.district_id and r.classroom_id = c.record_id
          join external_links m on m.district_id = c.district_id and m.record_id = r.id and m.integration_id = c.integration_id and m.entity = 'membership' and m.rostered
          union
          select u.external_id from asked
          join unresolved_records u on u.district_id = ${integration.districtId} and u.integration_id = ${integration.id}
            and u.collection = 'enrollments' and u.row ->> 'class_external_id' = asked.class_id`,
      ),
  };
}
