import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import { type OrderedField, requiredColumns } from "#lib/roster/ordered-fields.ts";

/**
 * The order of a district's integrations for a kind of record, or for one of its fields, as SQL over a row `alias` of theirs: of those that
 * are active and roster a record, the first supplies its values (docs/decisions/004-who-supplies-a-record.md). It is what an admin set, for
 * that field, for that kind or for all; who was placed nowhere comes last, as created. Everything that depends on the order asks for it
 * here. When it changes between integrations, what they share has to be planned again: planned_with.
 */
export function precedence(alias: string, of: LinkEntity | OrderedField): string {
  const [kind = of] = of.split(".");
  const places = [...new Set([of, kind])].map((key) => `(${alias}.positions ->> '${key}')::int`);
  return `(coalesce(${[...places, `${alias}.position`, last].join(", ")}), ${alias}.created_at, ${alias}.id)`;
}

const last = 2_147_483_647;

/**
 * Whether the SIS of an integration `alias` tells a column at all, as SQL: of a field that has an order of its own, one that does not is
 * passed over, and the next one's value counts. A blank is told.
 */
export function tells(alias: string, entity: LinkEntity, column: string): string {
  if (requiredColumns[entity].includes(column)) return "true";
  return `coalesce(${alias}.carried -> '${collectionOfLinkEntity[entity]}' @> '["${column}"]', true)`;
}
