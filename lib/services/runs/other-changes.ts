import type { DistrictScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import type { Entity } from "#lib/roster/canonical.ts";
import { inWords, type StoredChange } from "./change-words.ts";
import type { ReadServices } from "./read.ts";
import type { ChangeRow } from "./schema.ts";

/** What is no person's: it changed by itself. */
export const otherEntities = ["school", "term", "course", "classroom"] as const satisfies readonly Entity[];

/** The first of the schools, terms, courses and classes that a run that was applied changed. They are planned before the people, so that few rows are looked at. */
export function readOtherChanges(
  services: ReadServices,
  scope: DistrictScope<"read-syncs">,
  runId: string,
  limit: number,
): Promise<ChangeRow[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const rows = await tx.sql<StoredChange[]>`
      select seq, entity, action, record_id as "recordId", external_id as "externalId", reason, before, after
      from run_changes
      where district_id = ${tx.districtId}
        and run_id = ${runId}
        and entity = any(${[...otherEntities]}::text[])
        and action <> 'linked'
      order by seq
      limit ${limit}`;
    return inWords(tx, { id: runId, hasPlan: false }, rows);
  });
}
