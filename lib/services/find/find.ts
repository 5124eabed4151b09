import { isOfSchools, type ReachScope } from "#lib/platform/access.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { wordsOf } from "#lib/services/people/search.ts";
import type { Services } from "#lib/services/services.ts";
import { searchClasses } from "#lib/services/why/search.ts";
import { alikeTo } from "./alike.ts";
import { candidatesFor } from "./candidates.ts";
import { runsThatChanged } from "./changed.ts";
import { integrationsCalled, integrationsOf, runsFound, schoolsFound } from "./others.ts";
import { peopleOf } from "./people.ts";
import { roomsOf } from "./rooms.ts";
import type { Found, FoundIntegration, FoundOne } from "./schema.ts";

/** What a search found, and the integrations that there are. */
export interface FoundAndSyncable extends Found {
  readonly allIntegrations: readonly FoundIntegration[];
}

/**
 * Everything of a district that a text means, a few of each kind: people by name in any order, number, address or id, also those who never
 * arrived; classes, schools, integrations, and syncs by their number or by whom they changed. Where there is nothing, who is nearly called so.
 */
export async function find(services: Pick<Services, "db">, scope: ReachScope<"read-roster">, text: string): Promise<FoundAndSyncable> {
  const asked = text.trim();
  const words = wordsOf(asked);
  if (words.length === 0) return { ...nothing, allIntegrations: await withDistrict(services.db, scope, (tx) => syncable(tx, scope)) };
  const [candidates, rooms] = await Promise.all([candidatesFor(services, scope, words, asked), searchClasses(services, scope, asked)]);
  return withDistrict(services.db, scope, async (tx) => {
    const allIntegrations = await syncable(tx, scope);
    const people = await peopleOf(tx, candidates, words);
    const called = isOfSchools(scope) ? [] : await runsFound(tx, asked);
    const found = {
      people,
      classes: await roomsOf(tx, rooms, words),
      schools: await schoolsFound(tx, words, asked),
      integrations: integrationsCalled(allIntegrations, words),
      syncs: called.length > 0 || isOfSchools(scope) ? called : await runsThatChanged(tx, people),
    };
    const isNothing = Object.values(found).every((of) => of.length === 0);
    return { words, ...found, alike: isNothing ? await alikeTo(tx, asked) : [], allIntegrations };
  });
}

/** People alone, by the same words. */
export async function findPeople(services: Pick<Services, "db">, scope: ReachScope<"read-roster">, text: string): Promise<Found> {
  const asked = text.trim();
  const words = wordsOf(asked);
  if (words.length === 0) return nothing;
  const candidates = await candidatesFor(services, scope, words, asked);
  return withDistrict(services.db, scope, async (tx) => {
    const people = await peopleOf(tx, candidates, words);
    return { ...nothing, words, people, alike: people.length === 0 ? await alikeTo(tx, asked) : [] };
  });
}

/** Who may be meant by a text by which another search found nobody. */
export function findAlike(services: Pick<Services, "db">, scope: ReachScope<"read-roster">, text: string): Promise<readonly FoundOne[]> {
  return withDistrict(services.db, scope, (tx) => alikeTo(tx, text.trim()));
}

/** Integrations and syncs are the district's, and nothing to somebody of some schools. */
async function syncable(tx: Tx, scope: ReachScope<"read-roster">): Promise<readonly FoundIntegration[]> {
  return isOfSchools(scope) ? [] : integrationsOf(tx);
}

const nothing: Found = { words: [], people: [], alike: [], classes: [], schools: [], integrations: [], syncs: [] };
