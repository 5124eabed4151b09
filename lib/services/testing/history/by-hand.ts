import { doToRecord, recordMeant } from "#lib/engine/sync/model/by-hand.ts";
import { nameOfColumn } from "#lib/engine/sync/model/load.ts";
import type { Model, ModelRecord } from "#lib/engine/sync/model/types.ts";
import type { ByHand } from "#lib/engine/testing/by-hand.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { deactivateAccount, reactivateAccount } from "#lib/services/accounts/write.ts";
import { archiveClassroom, releaseStatus, restoreClassroom } from "#lib/services/edits/standing.ts";
import { editClassroom, editPerson, releaseEdits } from "#lib/services/edits/write.ts";
import { type District, markChanged, settle } from "./world.ts";

/** What an admin does to one record that a SIS has or had. `status-released`: its status is the SIS's again. */
export interface Handwork extends Omit<ByHand, "kind"> {
  readonly kind: "edit" | "release" | "deactivate" | "bring-back" | "status-released";
}

export async function doByHand(world: District, step: Handwork): Promise<void> {
  const expected = structuredClone(world.model);
  const record = recordMeant(expected, step);
  if (!record || record.values.role === "admin") return;
  try {
    await ask(world, record, step);
  } catch (error) {
    // What the form refuses changes nothing.
    if (!(error instanceof ServiceError)) throw error;
    return settle(world, world.model);
  }
  change(expected, record, step);
  markChanged(world);
  await settle(world, expected);
}

async function ask({ services, scope }: District, { id, entity, kept }: ModelRecord, { kind, values }: Handwork): Promise<unknown> {
  const isAccount = entity === "account";
  const because = { reason: "By hand" };
  if (kind === "edit") return (isAccount ? editPerson : editClassroom)(services, scope, id, asTyped(values));
  if (kind === "release")
    return Object.keys(kept ?? {}).length > 0 && releaseEdits(services, scope, isAccount ? "account" : "classroom", id);
  if (kind === "status-released") return releaseStatus(services, scope, isAccount ? "account" : "classroom", id);
  if (kind === "deactivate")
    return isAccount ? deactivateAccount(services, scope, id, because.reason) : archiveClassroom(services, scope, id, because);
  return isAccount ? reactivateAccount(services, scope, id) : restoreClassroom(services, scope, id);
}

function change(model: Model, record: ModelRecord, { kind, values }: Handwork): void {
  if (kind === "status-released") giveBack(model, record);
  else if (kind !== "bring-back") doToRecord(record, { kind: kind === "deactivate" ? "archive" : kind, values });
  else if (record.status === "deactivated") Object.assign(record, { status: "active", deactivatedBy: null });
}

/** Active while some SIS has it, or as one that was disconnected left it; else deactivated, with its memberships. */
function giveBack(model: Model, record: ModelRecord): void {
  const { links, removed = [] } = model;
  const own = links.filter((one) => one.recordId === record.id);
  const isHad = own.some((one) => one.rostered && !removed.includes(one.integration)) || own.every((one) => one.rostered);
  const status = isHad ? "active" : "deactivated";
  if (record.status === status && record.deactivatedBy !== "admin") return;
  Object.assign(record, { status, deactivatedBy: status === "active" ? null : "sync" });
  if (status === "active") return;
  for (const one of model.records)
    if (
      one.entity === "membership" &&
      [one.values.account, one.values.classroom].includes(record.id) &&
      model.links.some((link) => link.recordId === one.id)
    )
      one.status = "deactivated";
}

/** Columns as the form has its fields. */
function asTyped(values: ByHand["values"]): Record<string, unknown> {
  const fields: Readonly<Record<string, string>> = { schools: "schoolIds", terms: "termIds" };
  return Object.fromEntries(
    Object.entries(values).map(([column, value]) => [fields[nameOfColumn(column)] ?? nameOfColumn(column), value ?? ""]),
  );
}
