import type { LinkEntity } from "#lib/roster/canonical.ts";

/**
 * The order of a district's integrations for a kind of record, as SQL over a row `alias` of theirs: of those that are active and roster a
 * record, the first supplies its values (docs/decisions/004-who-supplies-a-record.md). It is what an admin set, for that kind or for all;
 * who was placed nowhere comes last, as created. Everything that depends on the order asks for it here. When it changes between
 * integrations, what they share has to be planned again: planned_with.
 */
export function precedence(alias: string, entity: LinkEntity): string {
  return `(coalesce((${alias}.positions ->> '${entity}')::int, ${alias}.position, ${last}), ${alias}.created_at, ${alias}.id)`;
}

const last = 2_147_483_647;
