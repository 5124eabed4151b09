import type { SisState } from "#lib/engine/testing/sync.ts";
import { type Collection, collectionOfLinkEntity, collections, type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { isBlankValue, type ModelRead, optionalValues, readCollection } from "./read.ts";
import type { Model, ModelLink, ModelRecord, ModelWaiting } from "./types.ts";

/** Test-only: what one sync of the model knows on its way, and how it takes a record and ends a link. */
export class ModelSync {
  readonly before: Model;
  readonly model: Model;
  readonly integration: string;
  readonly reads: Readonly<Record<Collection, ModelRead>>;
  /** The links that this sync ends. */
  readonly ended = new Set<ModelLink>();
  /** `entity externalId` → record, for references. */
  readonly refs = new Map<string, string>();
  readonly planned = new Set<string>();
  readonly back = new Set<string>();
  readonly deactivated = new Set<string>();
  /** Whether a record takes a value away by leaving out a field that no change has, and earlier reads did have. */
  hasLostUnsaid = false;
  readonly #canReadFully: boolean;
  /** Ids that the read itself brought, by collection. */
  readonly #told: Readonly<Record<Collection, ReadonlySet<string>>>;
  /** Ids that seem to be somebody else's than the account that they are linked to. */
  readonly withheld = new Set<string>();
  readonly #takeovers = new Set<string>();
  readonly #lost = new Set<string>();
  readonly #toWait = new Map(collections.map((collection) => [collection, new Set<string>()]));
  readonly #state: SisState;

  constructor(before: Model, integration: string, state: SisState, canReadFully: boolean) {
    this.#canReadFully = canReadFully;
    this.before = before;
    this.model = structuredClone({ ...before, clock: before.clock + 1 });
    this.model.lastSync[integration] = this.model.clock;
    this.integration = integration;
    this.#state = state;
    this.reads = Object.fromEntries(collections.map((collection) => [collection, readCollection(collection, state)])) as Record<
      Collection,
      ModelRead
    >;
    this.#told = Object.fromEntries(
      collections.map((collection) => [collection, new Set(this.reads[collection].incoming.keys())]),
    ) as unknown as Record<Collection, ReadonlySet<string>>;
    for (const collection of collections.filter((candidate) => this.modeOf(candidate) === "delta")) {
      const { incoming, setAside } = this.reads[collection];
      for (const { externalId, record } of this.#waitingOf(collection))
        if (record !== null && !incoming.has(externalId) && !setAside.has(externalId)) incoming.set(externalId, structuredClone(record));
    }
  }

  modeOf(collection: Collection): "bulk" | "delta" | "absent" {
    return this.#state.rows[collection] ? (this.#state.mode ?? "bulk") : "absent";
  }

  own(entity: LinkEntity): ModelLink[] {
    return this.model.links.filter((link) => link.integration === this.integration && link.entity === entity);
  }

  linkOf(entity: LinkEntity, externalId: string): ModelLink | undefined {
    return this.own(entity).find((link) => link.externalId === externalId);
  }

  find(id: string | undefined): ModelRecord | undefined {
    return this.model.records.find((record) => record.id === id);
  }

  incomingOf(entity: LinkEntity): [string, Record<string, unknown>][] {
    return [...this.reads[collectionOfLinkEntity[entity]].incoming].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** False when a collection has nothing at all where there must be something. */
  endLinks(): boolean {
    for (const entity of linkEntities) {
      const collection = collectionOfLinkEntity[entity];
      const { incoming, setAside, clues } = this.reads[collection];
      const isBulk = this.modeOf(collection) === "bulk";
      const rostered = this.own(entity).filter((link) => link.rostered);
      const mustHaveRows = entity === "account" || entity === "classroom" || rostered.length > 0;
      if (isBulk && (this.#state.rows[collection]?.length ?? 0) === 0 && mustHaveRows) return false;
      for (const link of rostered) {
        const aside = setAside.get(link.externalId);
        const isMissing = !incoming.has(link.externalId) && aside === undefined;
        if (aside === "withdrawn" || (isBulk && isMissing && !this.#mayBe(clues, link))) this.ended.add(link);
        else this.refs.set(`${entity} ${link.externalId}`, link.recordId);
      }
    }
    return true;
  }

  /** Whether the record of a link may be a row without an id. */
  #mayBe(clues: ReadonlySet<string>, { entity, recordId }: ModelLink): boolean {
    const idsOf = (of: LinkEntity, id: unknown) => this.own(of).flatMap((link) => (link.recordId === id ? link.externalId : []));
    const values = this.find(recordId)?.values ?? {};
    const { number, name, code, email, studentNumber, givenName, familyName, role } = values;
    const schools = (entity === "account" ? (values.schools as string[]) : [values.school]).flatMap((id) => idsOf("school", id));
    const anywhere = { school: number, term: null, course: code, classroom: code, account: studentNumber, membership: null }[entity];
    const placed =
      entity === "account"
        ? [`name ${givenName} ${familyName}`, `given ${givenName}`, `family ${familyName}`, `${role}`, "anybody"]
        : [`name ${name}`, "anybody"];
    const pairs = idsOf("classroom", values.classroom).flatMap((classId) =>
      idsOf("account", values.account).flatMap((personId) => [
        `class ${classId} person ${personId}`,
        `class ${classId}`,
        `person ${personId}`,
      ]),
    );
    const all =
      entity === "membership"
        ? [...pairs, "anybody"].map((clue) => `${clue}@`)
        : [`number ${anywhere}@`, `email ${email}@`, ...placed.flatMap((clue) => ["", ...schools].map((place) => `${clue}@${place}`))];
    return all.some((clue) => clues.has(clue.toLowerCase()));
  }

  /** Creates or changes the record, links it, and returns it. `keep`: columns that stay as Aivo has them. */
  take(
    entity: LinkEntity,
    externalId: string,
    recordId: string | null,
    values: Record<string, unknown>,
    keep: readonly string[] = [],
  ): ModelRecord {
    const { model, integration } = this;
    const link = this.linkOf(entity, externalId);
    let record = this.find(recordId ?? undefined);
    if (!record) {
      record = { id: `new-${model.clock}-${entity}-${externalId}`, entity, status: "active", deactivatedBy: null, values: { ...values } };
      model.records.push(record);
    } else {
      if (!this.isSuppliedElsewhere(record, link)) {
        const kept = Object.fromEntries(keep.map((column) => [column, record?.values[column]]));
        const next = { ...record.values, ...values, ...kept, ...this.keptOf(entity, record, values) };
        this.#noteLoss(entity, record.values, next);
        record.values = next;
      }
      if (record.status === "deactivated" && record.deactivatedBy !== "admin") {
        record.status = "active";
        record.deactivatedBy = null;
        this.back.add(record.id);
      }
    }
    this.planned.add(record.id);
    this.refs.set(`${entity} ${externalId}`, record.id);
    if (!link) model.links.push({ integration, entity, externalId, recordId: record.id, rostered: true, linkedAt: model.clock });
    else {
      if (link.recordId !== record.id) {
        this.#lost.add(link.recordId);
        link.endedAt = model.clock;
      }
      if (!link.rostered) {
        link.linkedAt = model.clock;
        this.back.add(record.id);
      }
      link.recordId = record.id;
      link.rostered = true;
    }
    return record;
  }

  /** The optional values that the SIS says nothing about; of changes only, those are said that earlier reads carried. */
  unsaid(collection: Collection): string[] {
    if (this.modeOf(collection) === "absent") return [];
    return Object.keys(optionalValues[collection]).filter(
      (name) => !this.reads[collection].carried.has(name) && !(this.#readsChanges(collection) && this.#wasCarried(collection, name)),
    );
  }

  /** Which of the values stay as the record has them, since nothing is said of them. */
  keptOf(entity: LinkEntity, record: ModelRecord | undefined, values: Record<string, unknown>): Record<string, unknown> {
    const collection = collectionOfLinkEntity[entity];
    const names = record ? this.unsaid(collection).filter((name) => isBlankValue(collection, name, values[name])) : [];
    return Object.fromEntries(names.map((name) => [name, record?.values[name]]));
  }

  /** Whether a field is sent that was not before, so that it makes blanks of what was kept of those who have not changed. */
  hasComeToBeSaid(): boolean {
    return linkEntities.some((entity) => {
      const collection = collectionOfLinkEntity[entity];
      if (!this.#readsChanges(collection)) return false;
      const come = [...this.reads[collection].carried].filter((name) => !this.#wasCarried(collection, name));
      const silent = this.before.links.filter(
        (link) =>
          link.integration === this.integration && link.entity === entity && link.rostered && !this.#told[collection].has(link.externalId),
      );
      return silent.some((link) => {
        const values = this.before.records.find(({ id }) => id === link.recordId)?.values ?? {};
        return come.some((name) => !isBlankValue(collection, name, values[name]));
      });
    });
  }

  #noteLoss(entity: LinkEntity, before: Record<string, unknown>, after: Record<string, unknown>): void {
    const collection = collectionOfLinkEntity[entity];
    if (!this.#readsChanges(collection)) return;
    for (const name of Object.keys(optionalValues[collection])) {
      if (this.reads[collection].carried.has(name) || !this.#wasCarried(collection, name)) continue;
      if (!isBlankValue(collection, name, before[name]) && isBlankValue(collection, name, after[name])) this.hasLostUnsaid = true;
    }
  }

  #readsChanges(collection: Collection): boolean {
    return this.#canReadFully && this.modeOf(collection) === "delta";
  }

  #wasCarried(collection: Collection, name: string): boolean {
    return this.before.carried[this.integration]?.[collection]?.includes(name) ?? true;
  }

  #carriedNow(): Partial<Record<Collection, readonly string[]>> {
    const before = this.before.carried[this.integration] ?? {};
    return Object.fromEntries(
      collections.flatMap((collection) => {
        const known = this.modeOf(collection) === "bulk" ? [] : before[collection];
        return known ? [[collection, [...known, ...this.reads[collection].carried]]] : [];
      }),
    );
  }

  /** Deactivates what has lost its last link. */
  endLost(entity: LinkEntity): void {
    const ended = [...this.ended].filter((link) => link.entity === entity);
    for (const link of ended) {
      this.#lost.add(link.recordId);
      Object.assign(link, { rostered: false, endedAt: this.model.clock });
    }
    for (const id of this.#lost) {
      const record = this.find(id);
      if (record?.entity !== entity || record.status !== "active" || this.planned.has(id) || record.values.role === "admin") continue;
      if (this.model.links.some((link) => link.recordId === id && link.rostered)) continue;
      record.status = "deactivated";
      record.deactivatedBy = entity === "account" ? "sync" : null;
      this.deactivated.add(id);
    }
  }

  /** Another integration's older link, as things were before this sync, supplies the values. */
  isSuppliedElsewhere({ id, entity }: ModelRecord, link: ModelLink | undefined): boolean {
    const { integration, before, model } = this;
    const own = before.links.filter((other) => other.integration === integration && other.recordId === id);
    const since = entity === "membership" ? Math.min(...own.map((other) => other.linkedAt), model.clock) : (link?.linkedAt ?? model.clock);
    return before.links.some(
      (other) => other.integration !== integration && other.recordId === id && other.rostered && other.linkedAt < since,
    );
  }

  /** Whom a record seems to be somebody else than; a linked account loses none of its classes meanwhile. */
  withhold(externalId: string): void {
    this.#takeovers.add(externalId);
    const account = this.linkOf("account", externalId)?.recordId;
    if (account === undefined) return;
    this.withheld.add(externalId);
    for (const link of this.ended)
      if (link.entity === "membership" && this.find(link.recordId)?.values.account === account) this.ended.delete(link);
  }

  hasTakeover(externalId: string): boolean {
    return this.#takeovers.has(externalId);
  }

  /** Notes a record that could not be placed because of others, or counts together with others. */
  wait(collection: Collection, externalId: string): void {
    this.#toWait.get(collection)?.add(externalId);
  }

  /** Whether the SIS has the id, and has nobody and nothing to roster by it. */
  isNotRostered(collection: Collection, externalId: string): boolean {
    const { incoming, setAside } = this.reads[collection];
    if (incoming.has(externalId) || setAside.has(externalId)) return setAside.get(externalId) === "not-rostered";
    return this.modeOf(collection) !== "bulk" && this.marksOf(collection).has(externalId);
  }

  /** The ids that earlier syncs noted without a record. */
  marksOf(collection: Collection): Set<string> {
    return new Set(this.#waitingOf(collection).flatMap(({ externalId, record }) => (record === null ? externalId : [])));
  }

  /** Remembers for the next read of changes what waits, and the marks. */
  remember(): void {
    const { integration, before, reads } = this;
    const isKept = (waiting: ModelWaiting) => waiting.integration !== integration || this.modeOf(waiting.collection) === "absent";
    const waiting = [...this.#toWait].flatMap(([collection, ids]) =>
      [...ids].map((externalId) => ({
        integration,
        collection,
        externalId,
        record: reads[collection].incoming.get(externalId) ?? {},
        withheld: collection === "users" && this.withheld.has(externalId),
      })),
    );
    const marked = collections
      .filter((collection) => this.modeOf(collection) !== "absent")
      .flatMap((collection) => this.#marks(collection).map((externalId) => ({ integration, collection, externalId, record: null })));
    this.model.carried[integration] = this.#carriedNow();
    this.model.waiting = [...before.waiting.filter(isKept), ...waiting, ...marked];
  }

  #marks(collection: Collection): string[] {
    const { incoming, setAside } = this.reads[collection];
    const now = [...setAside].flatMap(([externalId, why]) => (this.#isMark(collection, externalId, why) ? externalId : []));
    const still = [...this.marksOf(collection)].filter((externalId) => !incoming.has(externalId) && !setAside.has(externalId));
    return this.modeOf(collection) === "delta" ? [...now, ...still] : now;
  }

  #isMark(collection: Collection, externalId: string, why: string): boolean {
    if (collection === "orgs" || collection === "users") return why === "not-rostered";
    const isOwn = (link: ModelLink) => link.integration === this.integration && link.entity === "membership" && link.rostered;
    return (
      collection === "enrollments" && why !== "withdrawn" && this.before.links.some((link) => isOwn(link) && link.externalId === externalId)
    );
  }

  #waitingOf(collection: Collection): ModelWaiting[] {
    return this.before.waiting.filter((waiting) => waiting.integration === this.integration && waiting.collection === collection);
  }
}
