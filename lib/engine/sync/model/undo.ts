import { collectionOfLinkEntity } from "#lib/roster/canonical.ts";
import { columnOfName } from "./load.ts";
import { inRoster, type Model, type ModelLink, type ModelRecord, type ModelSaid, type ModelWithheld } from "./types.ts";
import { keyOfWithheld } from "./withheld.ts";

/** A run of the model, with the roster that it found and that it left. */
export interface Applied {
  readonly integration: string;
  readonly before: Model;
  readonly after: Model;
  /** Whether it applied what an admin had approved of what waited. */
  readonly released: boolean;
}

/** The records that a run brought or changed: not those that it gave another link alone. */
function changedBy({ before, after }: Applied): readonly ModelRecord[] {
  return after.records.filter((record) => !isSame(record, find(before, record.id)));
}

/** Those of them that are not as the run left them any more. */
export function changedSince(run: Applied, now: Model): Set<string> {
  return new Set(
    changedBy(run)
      .filter((record) => !isSame(record, find(now, record.id)))
      .map(({ id }) => id),
  );
}

/** Test-only: the model once a run is taken back, but for the records that are left alone. */
export function modelUndo(now: Model, run: Applied, left: ReadonlySet<string>): Model {
  const { before, integration } = run;
  const changed = new Set(changedBy(run).map(({ id }) => id));
  const isOther = (said: { readonly integration: string }) => said.integration !== integration;
  // Who was only given another link is as whoever changed them since has left them.
  const isRestored = (id: string) => changed.has(id) && !left.has(id);
  const stays = ({ recordId }: ModelLink) => !isRestored(recordId) || find(before, recordId) !== undefined;
  const ofOthers = now.links.filter((link) => link.integration !== integration);
  const ofLeft = (link: ModelLink) => {
    const others = [before, now].flatMap(({ links }) => links.filter((one) => isSameLink(one, link)));
    // One that came since is there because the undo of the run that made it left its record alone; it goes with a record that goes now.
    const isNewer = !run.after.links.some((one) => isSameLink(one, link)) && now.links.some((one) => isSameLink(one, link) && stays(one));
    return isNewer || others.some(({ recordId }) => left.has(recordId));
  };
  const links = [
    ...ofOthers,
    ...before.links.filter((link) => link.integration === integration && !ofLeft(link)),
    ...now.links.filter((link) => link.integration === integration && ofLeft(link)),
  ];
  const isOfLeft = (said: ModelSaid) => {
    return [before, now].flatMap((model) => model.links).some((link) => leads(link, said) && ofLeft(link));
  };
  // What the run withheld waits no longer; what it applied with an approval of its own waits again.
  const waited = new Set((before.withheld ?? []).map(keyOfWithheld));
  const withheld = (now.withheld ?? []).filter((one) => {
    const isOlder = one.since === takenBack ? waited.has(keyOfWithheld(one)) : one.since <= before.clock;
    return isOther(one) || isOlder || left.has(one.recordId);
  });
  const known = new Set(withheld.map(keyOfWithheld));
  const again = run.released ? releasedBy(run).filter(({ recordId }) => !left.has(recordId)) : [];
  return {
    ...now,
    records: [...now.records.filter(({ id }) => !isRestored(id)), ...before.records.filter(({ id }) => isRestored(id))],
    links,
    mirror: [
      ...now.mirror.filter((said) => isOther(said) || isOfLeft(said)),
      ...before.mirror.filter((said) => !isOther(said) && !isOfLeft(said)),
    ],
    carried: { ...now.carried, [integration]: before.carried[integration] ?? {} },
    withheld: [...withheld, ...again.filter((one) => !known.has(keyOfWithheld(one)))],
  };
}

/** Since when waits what an undo brought back. */
const takenBack = Number.POSITIVE_INFINITY;

/** What the run applied: the links that it ended, and the values that it gave. */
function releasedBy({ before, after, integration }: Applied): ModelWithheld[] {
  const waits = (link: ModelLink, field: string, follows: boolean) => {
    const { entity, externalId, recordId } = link;
    return { integration, entity, externalId, recordId, field, follows, isRefused: false, since: takenBack };
  };
  const own = before.links.filter((link) => link.integration === integration && link.rostered);
  const ended = own.filter((link) => !after.links.some((one) => isSameLink(one, link) && one.rostered));
  const ids = new Set(ended.filter(({ entity }) => entity !== "membership").map(({ recordId }) => recordId));
  const values = own.flatMap((link) => {
    const [was, is] = [find(before, link.recordId), find(after, link.recordId)];
    const isFirst = own.find(({ recordId }) => recordId === link.recordId) === link;
    if (!was || !is || !isFirst || was.status !== is.status) return [];
    const [old, next] = [inRoster(was), inRoster(is)];
    const changed = Object.keys(next).filter((name) => JSON.stringify(old[name]) !== JSON.stringify(next[name]));
    return changed.map((name) => waits(link, columnOfName(name), false));
  });
  const isWith = (id: string) => {
    const { account, classroom } = find(before, id)?.values ?? {};
    return ids.has(String(account)) || ids.has(String(classroom));
  };
  return [...ended.map((link) => waits(link, "", link.entity === "membership" && isWith(link.recordId))), ...values];
}

const find = (model: Model, id: string): ModelRecord | undefined => model.records.find((record) => record.id === id);
const isSame = (one: ModelRecord | undefined, other: ModelRecord | undefined) => inOrder(one) === inOrder(other);

/** Equal for equal records, in whatever order their values are told. */
function inOrder(record: ModelRecord | undefined): string {
  const sorted = (values: Record<string, unknown> = {}) => Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(record && [record.status, record.deactivatedBy, sorted(record.values), sorted(record.kept)]);
}

function isSameLink(one: ModelLink, other: ModelLink): boolean {
  return one.integration === other.integration && one.entity === other.entity && one.externalId === other.externalId;
}

function leads(link: ModelLink, said: ModelSaid): boolean {
  const collection = collectionOfLinkEntity[link.entity];
  return link.integration === said.integration && collection === said.collection && link.externalId === said.externalId;
}
