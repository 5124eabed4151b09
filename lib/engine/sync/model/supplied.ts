import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import { isSuppliedElsewhere } from "./orders.ts";
import type { ModelSync } from "./sync.ts";
import type { Model, ModelLink, ModelRecord } from "./types.ts";

/** What a record has from its creation on. */
const identity: Readonly<Partial<Record<LinkEntity, readonly string[]>>> = { account: ["role"], membership: ["classroom", "account"] };

/** Whether the link is of an integration that was disconnected. */
export function isRemoved({ removed }: Model, { integration }: ModelLink): boolean {
  return removed?.includes(integration) === true;
}

/** Test-only: the values of a record that other integrations supply: those that roster it and come first. */
export function suppliedElsewhere(
  { before, integration }: Pick<ModelSync, "before" | "integration">,
  { id, entity, values }: ModelRecord,
): string[] {
  const { links, mirror } = before;
  const isOut = ({ integration, entity, externalId }: ModelLink) =>
    mirror.some(
      (said) =>
        said.fate === "out-of-scope" &&
        said.integration === integration &&
        said.collection === collectionOfLinkEntity[entity] &&
        said.externalId === externalId,
    );
  const rosters = (one: string) =>
    links.some(
      (other) => other.integration === one && !isRemoved(before, other) && other.recordId === id && other.rostered && !isOut(other),
    );
  return Object.keys(values)
    .filter((name) => !identity[entity]?.includes(name))
    .filter((name) => isSuppliedElsewhere(before, integration, entity, name, rosters));
}
