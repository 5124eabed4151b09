import type { ByHand } from "#lib/engine/testing/by-hand.ts";
import { nameOfColumn } from "./load.ts";
import { inRoster, type Model, type ModelRecord } from "./types.ts";

/** Test-only: the model after what an admin does (doByHand() does the same to a database). */
export function withStepsByHand(before: Model, steps: readonly ByHand[]): Model {
  const model = structuredClone(before);
  for (const step of steps) {
    const record = recordMeant(model, step);
    if (record) doToRecord(record, step);
  }
  return model;
}

/** Of the records of a kind that a SIS has or had, by what it calls them, the how manieth. */
export function recordMeant(model: Model, { entity, nth }: Pick<ByHand, "entity" | "nth">): ModelRecord | undefined {
  const nameOf = ({ id }: ModelRecord) =>
    model.links
      .filter((link) => link.recordId === id)
      .map((link) => `${model.integrations.indexOf(link.integration)} ${link.externalId}`)
      .sort()[0];
  const records = model.records
    .filter((record) => record.entity === entity && nameOf(record) !== undefined)
    .sort((a, b) => ((nameOf(a) ?? "") < (nameOf(b) ?? "") ? -1 : 1));
  return records[nth % Math.max(records.length, 1)];
}

/** What becomes of the record. */
export function doToRecord(record: ModelRecord, { kind, values }: Pick<ByHand, "kind" | "values">): void {
  if (kind === "release") record.kept = {};
  else if (kind === "archive") Object.assign(record, { status: "deactivated", deactivatedBy: "admin" });
  else if (kind === "restore" && record.deactivatedBy === "admin") Object.assign(record, { status: "active", deactivatedBy: null });
  else if (kind === "edit")
    for (const [column, value] of Object.entries(values)) {
      const name = nameOfColumn(column);
      const isLike = (other: unknown) => JSON.stringify(other) === JSON.stringify(value);
      if (isLike(inRoster(record)[name])) continue;
      const { [name]: _, ...kept } = record.kept ?? {};
      record.kept = isLike(record.values[name]) ? kept : { ...kept, [name]: value };
    }
}
