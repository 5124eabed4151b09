import { collectionOfLinkEntity } from "#lib/roster/canonical.ts";
import { fieldsOfParts, type PartId } from "#lib/roster/plan-parts.ts";
import { nameOfColumn } from "./load.ts";
import { inRoster, type Model, type ModelLink, type ModelRecord, type ModelWithheld } from "./types.ts";
import { keyOfWithheld, withMissing } from "./withheld.ts";

type Plan = { readonly before: Model; readonly after: Model; readonly integration: string };

/** Test-only: the parts of a plan, from the model before and after it; each with its records. */
export function partsOf(plan: Plan): ReadonlyMap<PartId, ReadonlySet<string>> {
  const { before, after } = plan;
  const parts = new Map<PartId, Set<string>>();
  const add = (part: PartId, id: string) => parts.set(part, (parts.get(part) ?? new Set()).add(id));
  const gone = new Set(before.records.filter((record) => goes(record, after)).map(({ id }) => id));
  const leaving = new Set(endedBy(plan).flatMap((link) => (isByScope(plan, link) ? [] : link.recordId)));
  for (const record of before.records) {
    const { id, entity, values } = record;
    const isLeaving = gone.has(id) && leaving.has(id);
    if (entity === "account" && isLeaving && values.role !== "admin")
      add(values.role === "teacher" ? "teachers-leave" : "learners-leave", id);
    if (entity === "classroom" && isLeaving) add("classes-end", id);
    if (entity === "membership" && isLeaving && !gone.has(String(values.account)) && !gone.has(String(values.classroom)))
      add("memberships-end", id);
    const now = after.records.find((one) => one.id === id);
    if (entity !== "account" || !now || !isUpdated(plan, record, now)) continue;
    const role = values.role as "teacher" | "learner";
    for (const part of ["learners-move-up", "details"] as const)
      if (fieldsOfParts[part][role].some((field) => differs(record, now, field))) add(part, id);
  }
  return parts;
}

/** The model after a plan of which parts are left out, and wait. */
export function withoutParts(plan: Plan, parts: readonly PartId[]): Model {
  const { before, integration } = plan;
  const after = structuredClone(plan.after);
  const members = partsOf(plan);
  const left = new Set(parts.flatMap((part) => [...(members.get(part) ?? [])]));
  const ended = endedBy(plan);
  const waits = new Map<ModelLink, boolean>();
  for (const link of ended) {
    const isOf = link.entity === "account" ? /-leave$/ : link.entity === "classroom" ? /^classes/ : /^memberships/;
    const isLeft = parts.some((part) => isOf.test(part) && members.get(part)?.has(link.recordId));
    if (isLeft && !isByScope(plan, link)) waits.set(link, false);
  }
  const kept = new Set([...waits.keys()].map(({ recordId }) => recordId));
  const isWith = (id: string) => {
    const { account, classroom } = before.records.find((record) => record.id === id)?.values ?? {};
    return [account, classroom].some((one) => kept.has(String(one)));
  };
  for (const link of ended) if (link.entity === "membership" && !waits.has(link) && isWith(link.recordId)) waits.set(link, true);

  const isWaiting = (link: ModelLink) => [...waits.keys()].some((one) => one.entity === link.entity && one.externalId === link.externalId);
  for (const link of after.links) if (link.integration === integration && isWaiting(link)) link.rostered = true;
  const find = (id: unknown) => after.records.find((record) => record.id === id);
  const stays = (record: ModelRecord) => {
    const was = before.records.find(({ id }) => id === record.id);
    if (was) Object.assign(record, { status: was.status, deactivatedBy: was.deactivatedBy });
  };
  for (const record of after.records) if (record.entity !== "membership" && kept.has(record.id)) stays(record);
  const isGone = (id: unknown) => before.records.some((record) => record.id === id && goes(record, after));
  for (const record of after.records.filter(({ id, entity }) => entity === "membership" && isGone(id))) {
    const isEnded = ended.some((link) => link.recordId === record.id && !waits.has(link));
    const isLinked = after.links.some((link) => link.recordId === record.id && link.rostered);
    if (
      !isEnded &&
      isLinked &&
      (isWith(record.id) || kept.has(record.id)) &&
      !isGone(record.values.account) &&
      !isGone(record.values.classroom)
    )
      stays(record);
  }
  const withheld: ModelWithheld[] = [...waits].map(([{ entity, externalId, recordId }, follows]) => {
    return { integration, entity, externalId, field: "", recordId, follows, isRefused: false, since: after.clock };
  });
  for (const id of left) {
    const was = before.records.find((record) => record.id === id);
    const now = find(id);
    if (was?.entity !== "account" || !now || !isUpdated(plan, was, now)) continue;
    const link = after.links.find((one) => one.integration === integration && one.recordId === id && one.rostered);
    for (const field of fieldsLeftOut(parts, was.values.role as "teacher" | "learner").filter((one) => differs(was, now, one))) {
      withheld.push({
        integration,
        entity: "account",
        externalId: link?.externalId ?? "",
        field,
        recordId: id,
        follows: false,
        isRefused: false,
        since: after.clock,
      });
    }
  }
  for (const { field, recordId } of withheld) {
    const name = nameOfColumn(field);
    const now = find(recordId);
    if (field !== "" && now) now.values[name] = before.records.find(({ id }) => id === recordId)?.values[name];
  }
  const known = new Set((after.withheld ?? []).map(keyOfWithheld));
  const mirror = withMissing(before, after, [...waits.keys()]);
  return { ...after, mirror, withheld: [...(after.withheld ?? []), ...withheld.filter((one) => !known.has(keyOfWithheld(one)))] };
}

/** The links that the plan ends, as they were; not those that it leads elsewhere. */
function endedBy({ before, after, integration }: Plan): ModelLink[] {
  const isRostered = ({ entity, externalId }: ModelLink) =>
    after.links.some(
      (link) => link.integration === integration && link.entity === entity && link.externalId === externalId && link.rostered,
    );
  return before.links.filter((link) => link.integration === integration && link.rostered && !isRostered(link));
}

function isByScope({ after, integration }: Plan, { entity, externalId }: ModelLink): boolean {
  return after.mirror.some(
    (said) =>
      said.integration === integration &&
      said.collection === collectionOfLinkEntity[entity] &&
      said.externalId === externalId &&
      said.fate === "out-of-scope",
  );
}

function goes({ id, status }: ModelRecord, after: Model): boolean {
  return status === "active" && after.records.some((record) => record.id === id && record.status === "deactivated");
}

/** Whose record is there, goes on by the same id, and has other values. */
function isUpdated({ before, after, integration }: Plan, was: ModelRecord, now: ModelRecord): boolean {
  const isBack = was.status === "deactivated" && now.status === "active";
  const idsOf = ({ links }: Model) =>
    links
      .filter((link) => link.integration === integration && link.recordId === was.id && link.rostered)
      .map(({ externalId }) => externalId);
  const goesOn = idsOf(before).some((externalId) => idsOf(after).includes(externalId));
  return goesOn && !isBack && JSON.stringify(inRoster(was)) !== JSON.stringify(inRoster(now));
}

function differs(was: ModelRecord, now: ModelRecord, field: string): boolean {
  const name = nameOfColumn(field);
  return JSON.stringify(inRoster(was)[name]) !== JSON.stringify(inRoster(now)[name]);
}

/** The columns of whoever has the role whose values are left out. */
function fieldsLeftOut(parts: readonly PartId[], role: "learner" | "teacher"): readonly string[] {
  return (["learners-move-up", "details"] as const).filter((part) => parts.includes(part)).flatMap((part) => fieldsOfParts[part][role]);
}
