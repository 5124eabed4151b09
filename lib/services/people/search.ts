import type postgres from "postgres";
import type { Tx } from "#lib/platform/db/tx.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";

export type Fragment = postgres.PendingQuery<postgres.Row[]>;

/** A `like` pattern that finds the text anywhere; its own wildcards mean themselves. */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}

/**
 * The records that a text names by an id: Aivo's own, or what an integration calls them. Both are index look-ups, so a search
 * may always ask for them beside its words.
 */
export function namedById(tx: Tx, column: "id" | "a.id" | "c.id" | "s.id", entity: LinkEntity, text: string): Fragment {
  return tx.sql`
    ${tx.sql(column)} in (
      select l.record_id from source_records l
      where l.district_id = ${tx.districtId} and l.collection = ${collectionOfLinkEntity[entity]} and l.external_id = ${text} and l.record_id is not null
        and l.integration_id in (select i.id from integrations i where i.district_id = ${tx.districtId})
      ${isUuid(text) ? tx.sql`union all select ${text}::uuid` : tx.sql``}
    )`;
}

/** At most so many words are looked for; the rest of a pasted paragraph counts for nothing. */
const maxWords = 6;

/** "Baker, Claire", as the lists themselves write a name, are two words in any order. */
export function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter(Boolean)
    .slice(0, maxWords);
}

/** Joins conditions, of which there is at least one. */
export function allOf(tx: Tx, conditions: readonly Fragment[]): Fragment {
  return conditions.reduce((all, one) => tx.sql`${all} and ${one}`);
}
