import type { SisState } from "#lib/engine/testing/sync.ts";
import { type Collection, collectionOfLinkEntity, collections, type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import type { Folded } from "#lib/roster/fold-roles.ts";
import type { ReadingRules } from "#lib/roster/reading-rules.ts";
import { type Scope, wholeScope } from "#lib/roster/scope.ts";
import { fateOfRole, foldPeople, peopleAsFolded, roleBefore } from "./fold.ts";
import { mayBe } from "./may-be.ts";
import { isBlankValue, type ModelRead, optionalValues, readCollection } from "./read.ts";
import { type Out, outOfScope } from "./scope.ts";
import { isRemoved, suppliedElsewhere } from "./supplied.ts";
import type { Model, ModelLink, ModelRecord, ModelSaid, ModelSyncOptions } from "./types.ts";
import { ModelWithholding } from "./withheld.ts";

/** Test-only: what one sync of the model knows on its way, and how it takes a record and ends a link. */
export class ModelSync {
  readonly before: Model;
  readonly model: Model;
  readonly integration: string;
  readonly reads: Readonly<Record<Collection, ModelRead>>;
  /** The links that this sync ends. */
  readonly ended = new Set<ModelLink>();
  readonly scope: Scope;
  /** Ids that are out of scope, by collection. */
  readonly out: Out;
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
  /** What could be planned and was, and what was kept although it is gone, by entity and id. */
  readonly #placed = new Set<string>();
  readonly #kept = new Set<string>();
  readonly #state: SisState;
  /** What this read itself says: ids that it has, and those that it withdraws. */
  readonly #now: Readonly<Record<Collection, ModelRead>>;

  /** What the roles of people come to, where those are told apart. */
  readonly #folded: ReadonlyMap<string, Folded>;
  /** By which roles are folded, where they are told apart. */
  readonly rules: ReadingRules | undefined;
  /** Those of whom something came, as planning sees them. */
  readonly #people: Map<string, Record<string, unknown>>;
  readonly withholding: ModelWithholding;
  readonly #withdrawsAll: boolean;

  constructor(
    before: Model,
    integration: string,
    state: SisState,
    { everything, released, withdrawsAll = false, apart }: ModelSyncOptions,
  ) {
    this.#canReadFully = Boolean(everything);
    this.#withdrawsAll = withdrawsAll;
    this.withholding = new ModelWithholding(before, integration, released ?? new Set(), withdrawsAll);
    this.rules = apart?.rules;
    this.before = before;
    this.model = structuredClone({ ...before, clock: before.clock + 1 });
    this.integration = integration;
    this.#state = state;
    const each = <T>(of: (collection: Collection) => T) =>
      Object.fromEntries(collections.map((collection) => [collection, of(collection)])) as Record<Collection, T>;
    this.#now = each((collection) => readCollection(collection, state, apart?.rules));
    this.#told = each((collection) => new Set(this.#now[collection].incoming.keys()));
    this.reads = each((collection) => this.#withMirror(collection));
    this.#folded = apart ? foldPeople(this, apart) : new Map();
    this.#people = peopleAsFolded(this, this.#folded);
    this.scope = before.scopes?.[integration] ?? wholeScope;
    this.out = outOfScope(this.scope, {
      reads: { ...this.reads, users: { ...this.reads.users, incoming: this.#people } },
      wasOut: (collection, id) => this.#saidBefore(collection).some((said) => said.externalId === id && said.isOut === true),
      unsaid: (collection) => this.unsaid(collection),
    });
  }

  /** What is known of a collection after this read: all of a full one, else what was said before and the changes. */
  #withMirror(collection: Collection): ModelRead {
    const now = this.#now[collection];
    if (this.modeOf(collection) === "bulk") return now;
    const incoming = new Map(now.incoming);
    const setAside = new Map(now.setAside);
    for (const { externalId, record, fate, missing } of this.#saidBefore(collection)) {
      if (now.incoming.has(externalId) || now.setAside.has(externalId) || missing) continue;
      if (record && !(collection === "roles" && fate === "left-out")) incoming.set(externalId, structuredClone(record));
      else setAside.set(externalId, fate);
    }
    return { ...now, incoming, setAside };
  }

  #saidBefore(collection: Collection): ModelSaid[] {
    return this.before.mirror.filter((said) => said.integration === this.integration && said.collection === collection);
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
    const collection = collectionOfLinkEntity[entity];
    return [...(entity === "account" ? this.#people : this.reads[collection].incoming)]
      .filter(([externalId]) => !this.out[collection].has(externalId))
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** False when a collection has nothing at all where there must be something. */
  endLinks(): boolean {
    for (const entity of linkEntities) {
      const collection = collectionOfLinkEntity[entity];
      const { incoming, setAside, clues } = this.#now[collection];
      const isBulk = this.modeOf(collection) === "bulk";
      const rostered = this.own(entity).filter((link) => link.rostered);
      const mustHaveRows = entity === "account" || entity === "classroom" || rostered.length > 0;
      if (isBulk && (this.#state.rows[collection]?.length ?? 0) === 0 && mustHaveRows && !this.#withdrawsAll) return false;
      const unsettled = new Set(
        this.#saidBefore(collection).flatMap(({ externalId, missing }) => (missing === "withheld" ? externalId : [])),
      );
      for (const link of rostered) {
        const aside = setAside.get(link.externalId);
        const isMissing = !incoming.has(link.externalId) && aside === undefined;
        const isSuspended = isBulk && isMissing && mayBe(this, clues, link);
        const isGone = aside === "withdrawn" || (isMissing && (isBulk || unsettled.has(link.externalId)));
        const folded = entity === "account" ? this.#folded.get(link.externalId) : undefined;
        const isOver = folded?.is === "not-rostered" && folded.reason === "role-over";
        const isLeftOut = isOver || (this.scope.outside === "withdraw" && this.#isOutNow(collection, link.externalId));
        if ((isGone && !isSuspended) || isLeftOut) this.ended.add(link);
        else this.refs.set(`${entity} ${link.externalId}`, link.recordId);
      }
      this.withholding.keepLinks(this, entity);
    }
    return true;
  }

  /** What would end and waits: the record is there for now. */
  goOn(link: ModelLink): void {
    this.#kept.add(link.externalId);
    this.refs.set(`${link.entity} ${link.externalId}`, link.recordId);
  }

  /** The links that end, and those that would. */
  leaving(): ReadonlySet<ModelLink> {
    return new Set([...this.ended, ...[...this.withholding.links.keys()].filter((link) => this.isLeaving(link))]);
  }

  /** Whether the link ends, or would, since the SIS has the id no longer. */
  isLeaving(link: ModelLink): boolean {
    return (
      (this.ended.has(link) || this.withholding.links.has(link)) && !this.#isOutNow(collectionOfLinkEntity[link.entity], link.externalId)
    );
  }

  /** Whether the SIS had the id, and has not withdrawn it, before this sync. */
  wasSaid(collection: Collection, externalId: string): boolean {
    return this.#saidBefore(collection).some((said) => said.externalId === externalId);
  }

  /** Whether the SIS says the record, and the scope leaves it out. */
  #isOutNow(collection: Collection, externalId: string): boolean {
    return this.reads[collection].incoming.has(externalId) && this.out[collection].has(externalId);
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
      const kept = Object.fromEntries([...keep, ...suppliedElsewhere(this, record)].map((column) => [column, record?.values[column]]));
      const next = { ...record.values, ...values, ...this.keptOf(entity, record, values), ...kept };
      this.#noteLoss(entity, record.values, next);
      this.withholding.keepValues(this, entity, externalId, record, next);
      record.values = next;
      if (record.status === "deactivated" && record.deactivatedBy !== "admin") {
        record.status = "active";
        record.deactivatedBy = null;
        this.back.add(record.id);
      }
    }
    this.planned.add(record.id);
    this.#placed.add(`${collectionOfLinkEntity[entity]} ${externalId}`);
    this.refs.set(`${entity} ${externalId}`, record.id);
    if (!link) model.links.push({ integration, entity, externalId, recordId: record.id, rostered: true });
    else {
      if (link.recordId !== record.id) this.#lost.add(link.recordId);
      if (!link.rostered) this.back.add(record.id);
      link.recordId = record.id;
      link.rostered = true;
    }
    return record;
  }

  /** The optional values that the SIS says nothing about; beside changes, or nothing, those are said that earlier reads carried. */
  unsaid(collection: Collection): string[] {
    const isSilent = this.modeOf(collection) === "absent" || this.#readsChanges(collection);
    return Object.keys(optionalValues[collection]).filter(
      (name) => !this.reads[collection].carried.has(name) && !(isSilent && this.#wasCarried(collection, name)),
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
        const known = this.modeOf(collection) === "absent" || this.#readsChanges(collection) ? before[collection] : [];
        return known ? [[collection, [...known, ...this.reads[collection].carried]]] : [];
      }),
    );
  }

  /** Deactivates what has lost its last link. */
  endLost(entity: LinkEntity): void {
    this.withholding.endRekeyed(this, entity);
    const ended = [...this.ended].filter((link) => link.entity === entity);
    for (const link of ended) {
      this.#lost.add(link.recordId);
      link.rostered = false;
    }
    for (const id of this.#lost) {
      const record = this.find(id);
      if (record?.entity !== entity || record.status !== "active" || this.planned.has(id) || record.values.role === "admin") continue;
      if (this.model.links.some((link) => link.recordId === id && link.rostered && !isRemoved(this.before, link))) continue;
      record.status = "deactivated";
      record.deactivatedBy = entity === "account" || entity === "classroom" ? "sync" : null;
      this.deactivated.add(id);
    }
  }

  /** Whom a record seems to be somebody else than; a linked account loses none of its classes meanwhile. */
  withhold(externalId: string, isIgnored = false): void {
    this.#takeovers.add(externalId);
    const link = this.linkOf("account", externalId);
    const account = link?.recordId;
    if (account === undefined || (isIgnored && !link?.rostered)) return;
    this.withheld.add(externalId);
    for (const link of this.ended)
      if (link.entity === "membership" && this.find(link.recordId)?.values.account === account && this.ended.delete(link))
        this.#kept.add(link.externalId);
  }

  /** Who may be somebody who comes by another id: does not leave meanwhile, and no class either. */
  keep(account: string): void {
    for (const link of this.ended) {
      const membership = link.entity === "membership" && this.find(link.recordId)?.values.account === account;
      if (!membership && !(link.entity === "account" && link.recordId === account)) continue;
      this.ended.delete(link);
      this.#kept.add(link.externalId);
      this.refs.set(`${link.entity} ${link.externalId}`, link.recordId);
    }
  }

  hasTakeover(externalId: string): boolean {
    return this.#takeovers.has(externalId);
  }

  /** Whether the SIS has the id, and has nobody and nothing to roster by it. */
  isNotRostered(collection: Collection, externalId: string): boolean {
    return this.reads[collection].setAside.get(externalId) === "not-rostered";
  }

  /** Remembers what the SIS says, and what became of it. */
  remember(): void {
    const { integration, before } = this;
    this.model.carried[integration] = this.#carriedNow();
    const others = (before.withheld ?? []).filter((one) => one.integration !== integration);
    this.model.withheld = [...others, ...this.withholding.all()];
    this.model.mirror = [
      ...before.mirror.filter((said) => said.integration !== integration),
      ...collections.flatMap((collection) => [...this.#said(collection), ...this.#missing(collection)]),
    ];
  }

  #said(collection: Collection): ModelSaid[] {
    const { integration } = this;
    const { incoming, setAside } = this.reads[collection];
    return [
      ...[...incoming].map(([externalId, record]) => ({
        integration,
        collection,
        externalId,
        record,
        fate: this.#fateOf(collection, externalId, record),
        ...(collection === "users" && this.rules ? { folded: this.#people.get(externalId) } : {}),
        ...(this.out[collection].has(externalId) ? { isOut: true } : {}),
      })),
      ...[...setAside].flatMap(([externalId, fate]) =>
        fate === "left-out" || fate === "not-rostered"
          ? [
              {
                integration,
                collection,
                externalId,
                record: collection === "roles" ? roleBefore(this, externalId) : null,
                fate,
                ...this.#asBefore(collection, externalId, fate),
              } as const,
            ]
          : [],
      ),
    ];
  }

  /** What cannot be read stays on the side where it was. */
  #asBefore(collection: Collection, externalId: string, fate: string): { readonly isOut?: true } {
    const wasOut = this.#saidBefore(collection).some((said) => said.externalId === externalId && said.isOut);
    return wasOut && fate === "left-out" ? { isOut: true } : {};
  }

  #fateOf(collection: Collection, externalId: string, record: Record<string, unknown>): ModelSaid["fate"] {
    if (this.out[collection].has(externalId)) return "out-of-scope";
    if (this.#placed.has(`${collection} ${externalId}`)) return "rostered";
    if (collection === "roles") return fateOfRole(this, record);
    if (collection === "users" && this.#folded.get(externalId)?.is === "not-rostered") return "not-rostered";
    const person = collection === "users" ? externalId : collection === "enrollments" ? String(record.personExternalId) : "";
    return this.#takeovers.has(person) ? "withheld" : "waiting";
  }

  /** What the SIS lists no more, and whose link goes on. */
  #missing(collection: Collection): ModelSaid[] {
    const { incoming, setAside } = this.#now[collection];
    const isTold = (id: string) => incoming.has(id) || (setAside.has(id) && setAside.get(id) !== "withdrawn");
    const entity = linkEntities.find((one) => collectionOfLinkEntity[one] === collection);
    return this.#saidBefore(collection).flatMap((said) => {
      const { externalId } = said;
      const isGone = this.modeOf(collection) === "bulk" || setAside.get(externalId) === "withdrawn" || said.missing !== undefined;
      const isLinked = entity !== undefined && this.linkOf(entity, externalId)?.rostered === true;
      if (isTold(externalId) || !isGone || !isLinked) return [];
      return { ...said, isOut: false, missing: said.missing ?? (this.#kept.has(externalId) ? "withheld" : "suspended") };
    });
  }
}
