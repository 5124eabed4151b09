import type { Tx } from "#lib/platform/db/tx.ts";
import { beginsWithAll } from "#lib/platform/format/beginnings.ts";
import { allOf, likePattern, namedById } from "#lib/services/people/search.ts";
import { schoolPlaces } from "#lib/services/schools/places.ts";
import { type FoundIntegration, type FoundRun, type FoundSchool, mostOthers } from "./schema.ts";

/** Schools by words of their name or number, or an id. Districts have few enough to look through. */
export async function schoolsFound(tx: Tx, words: readonly string[], text: string): Promise<readonly FoundSchool[]> {
  const eachWord = allOf(
    tx,
    words.map((word) => tx.sql`' ' || lower(concat_ws(' ', s.name, s.number)) like ${likePattern(` ${word}`)}`),
  );
  return tx.sql<FoundSchool[]>`
    select s.id, s.name, s.number, p.place, s.status = 'active' as "isActive"
    from schools s join (${schoolPlaces(tx)}) p on p.id = s.id
    where s.district_id = ${tx.districtId} and ((${eachWord}) or ${namedById(tx, "s.id", "school", text)})
    order by s.status, s.name, s.id
    limit ${mostOthers}`;
}

/** The district's integrations, oldest first. */
export function integrationsOf(tx: Tx): Promise<readonly FoundIntegration[]> {
  return tx.sql<FoundIntegration[]>`
    select id, name, provider, state = 'paused' as "isPaused" from integrations
    where district_id = ${tx.districtId} and state <> 'removed' order by created_at, id limit 100`;
}

/** What a run is called by people: "sync 14", "#14", "preview". */
const runWords = /^(sync|preview|undo|approved|disconnection|run)?\s*#?\s*(\d{1,9})?$/;

/** Runs by their number, of every integration; by "sync" and the like alone the latest. */
export async function runsFound(tx: Tx, text: string): Promise<readonly FoundRun[]> {
  const [, kind, number] = runWords.exec(text.toLowerCase()) ?? [];
  if (kind === undefined && number === undefined) return [];
  const rows = await tx.sql<Omit<FoundRun, "of">[]>`
    select r.integration_id as "integrationId", n.name as "integrationName", r.id as "runId", r.number, r.kind,
      r.for_person is not null as "forOnePerson", r.disconnect_reason is not null as disconnects, r.state, r.queued_at as at
    from integrations n
    cross join lateral (
      select * from sync_runs r
      where r.district_id = ${tx.districtId} and r.integration_id = n.id
        ${number === undefined ? tx.sql`` : tx.sql`and r.number = ${Number(number)}`}
      order by r.number desc limit ${mostOthers}) r
    where n.district_id = ${tx.districtId}
    order by r.queued_at desc
    limit ${mostOthers}`;
  return rows.map((row) => ({ ...row, at: new Date(row.at).toISOString(), of: null }));
}

/** Those of the integrations whose name or provider the words begin. */
export function integrationsCalled(integrations: readonly FoundIntegration[], words: readonly string[]): readonly FoundIntegration[] {
  return integrations.filter(({ name, provider }) => beginsWithAll(`${name} ${provider}`, words)).slice(0, mostOthers);
}
