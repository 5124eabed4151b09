import { collectionOfLinkEntity, linkEntities } from "#lib/roster/canonical.ts";

/** The collection that an entity's records come in, as SQL over an expression that yields the entity. */
export function collectionOf(entity: string): string {
  return `case
        ${linkEntities.map((one) => `when ${entity} = '${one}' then '${collectionOfLinkEntity[one]}'`).join("\n        ")}
      end`;
}
