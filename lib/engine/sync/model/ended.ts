import { collections } from "#lib/roster/canonical.ts";
import { modelSync } from "./plan.ts";
import type { Model, ModelSyncOptions } from "./types.ts";

/** Test-only: the model once an integration is disconnected, and its people are left as they are or withdrawn. */
export function modelEnd(
  before: Model,
  integration: string,
  people: "leave" | "deactivate",
  { apart }: Pick<ModelSyncOptions, "apart"> = {},
): Model {
  const nothing = { rows: Object.fromEntries(collections.map((collection) => [collection, []])) };
  const model = people === "leave" ? before : modelSync(before, integration, nothing, { withdrawsAll: true, apart });
  if (!model) throw new Error("nothing keeps an integration from being disconnected");
  const isOurs = (one: { readonly integration: string }) => one.integration === integration;
  return {
    ...model,
    mirror: model.mirror.filter((said) => !isOurs(said)),
    withheld: (model.withheld ?? []).filter((one) => !isOurs(one)),
    decisions: (model.decisions ?? []).filter((one) => !isOurs(one)),
    removed: [...(model.removed ?? []), integration],
  };
}
