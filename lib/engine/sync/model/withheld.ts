import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import { nameOfColumn } from "./load.ts";
import type { ModelSync } from "./sync.ts";
import type { Model, ModelLink, ModelRecord, ModelWithheld } from "./types.ts";

/** What a withheld change is called by. */
export const keyOfWithheld = ({
  integration,
  entity,
  externalId,
  field,
}: Omit<ModelWithheld, "recordId" | "follows" | "isRefused" | "since">) => `${integration} ${entity} ${externalId} ${field}`;

/** Test-only: what one sync of the model leaves for an admin to decide about, of what waited before and was not approved. */
export class ModelWithholding {
  /** The links that go on for now. */
  readonly links = new Map<ModelLink, ModelWithheld>();
  readonly values: ModelWithheld[] = [];
  readonly #before: readonly ModelWithheld[];
  readonly #keepsAll: boolean;
  readonly #released: ReadonlySet<string>;

  constructor(before: Model, integration: string, released: ReadonlySet<string>, withdrawsAll: boolean) {
    this.#before = withdrawsAll ? [] : (before.withheld ?? []).filter((one) => one.integration === integration);
    this.#keepsAll = !withdrawsAll && before.additionsOnly?.includes(integration) === true;
    this.#released = released;
  }

  /** Of the links of an entity that would end, those that go on: what waits by itself, and memberships with their person and class. */
  keepLinks(sync: ModelSync, entity: LinkEntity): void {
    for (const link of sync.ended) {
      if (link.entity !== entity) continue;
      const { account, classroom } = entity === "membership" ? (sync.find(link.recordId)?.values ?? {}) : {};
      const follows = [...this.links.keys()].some(({ recordId }) => recordId === account || recordId === classroom);
      const waits = this.#waiting(entity, link.externalId, "");
      const isNew = this.#keepsAll && !this.#isReleased(link);
      if (!follows && !waits && !isNew) continue;
      this.links.set(link, this.#noted(sync, link, "", link.recordId, follows));
    }
    for (const link of this.links.keys()) if (sync.ended.delete(link)) sync.goOn(link);
  }

  /** Whoever would leave by one id and is there by another does not leave; what followed does. */
  endRekeyed(sync: ModelSync, entity: LinkEntity): void {
    const rekeyed = [...this.links.keys()].filter(
      (link) => link.entity === entity && sync.isLeaving(link) && sync.planned.has(link.recordId),
    );
    const records = rekeyed.map(({ recordId }) => recordId);
    for (const [link, { follows }] of this.links) {
      const { account, classroom } = follows ? (sync.find(link.recordId)?.values ?? {}) : {};
      const goes = rekeyed.includes(link) || [account, classroom].some((id) => records.includes(String(id)));
      if (!goes || !this.links.delete(link)) continue;
      sync.ended.add(link);
      sync.refs.delete(`${link.entity} ${link.externalId}`);
    }
  }

  /** The values that a record is to have, with those that wait as they are. */
  keepValues(sync: ModelSync, entity: LinkEntity, externalId: string, record: ModelRecord, next: Record<string, unknown>): void {
    for (const { field } of this.#before.filter((one) => one.entity === entity && one.externalId === externalId)) {
      const name = nameOfColumn(field);
      const isLike = JSON.stringify(next[name]) === JSON.stringify(record.values[name]);
      if (field === "" || !this.#waiting(entity, externalId, field) || isLike || name in (record.kept ?? {})) continue;
      next[name] = record.values[name];
      this.values.push(this.#noted(sync, { entity, externalId }, field, record.id, false));
    }
  }

  all(): ModelWithheld[] {
    return [...this.links.values(), ...this.values];
  }

  #waiting(entity: LinkEntity, externalId: string, field: string): ModelWithheld | undefined {
    return this.#before.find(
      (one) =>
        one.entity === entity &&
        one.externalId === externalId &&
        one.field === field &&
        !one.follows &&
        !this.#released.has(keyOfWithheld(one)),
    );
  }

  #isReleased({ integration, entity, externalId }: ModelLink): boolean {
    return this.#released.has(keyOfWithheld({ integration, entity, externalId, field: "" }));
  }

  #noted(
    sync: ModelSync,
    { entity, externalId }: Pick<ModelLink, "entity" | "externalId">,
    field: string,
    recordId: string,
    follows: boolean,
  ): ModelWithheld {
    const key = { integration: sync.integration, entity, externalId, field };
    const known = this.#before.find((one) => keyOfWithheld(one) === keyOfWithheld(key));
    return { ...key, recordId, follows, isRefused: known?.isRefused ?? false, since: known?.since ?? sync.model.clock };
  }
}

/** What waits, in words that are the same for equal rosters. */
export const describeWithheld = (model: Model): string[] =>
  (model.withheld ?? []).map((one) => [keyOfWithheld(one), one.follows ? "follows" : "", one.isRefused ? "refused" : ""].join(" ")).sort();

/** The mirror of an integration, with what the SIS lists no more and goes on for now. */
export function withMissing(before: Model, after: Model, links: readonly ModelLink[]): Model["mirror"] {
  const kept = links.flatMap(({ integration, entity, externalId }) => {
    const is = (said: Model["mirror"][number]) =>
      said.integration === integration && said.collection === collectionOfLinkEntity[entity] && said.externalId === externalId;
    const said = before.mirror.find(is);
    return said && !after.mirror.some(is) ? [{ ...said, isOut: false, missing: said.missing ?? ("withheld" as const) }] : [];
  });
  return [...after.mirror, ...kept];
}
