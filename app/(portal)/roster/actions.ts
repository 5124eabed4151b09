"use server";
import { z } from "zod";
import { adminAction } from "#app/admin-action.ts";
import type { ActionResult } from "#app/errors.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import type { Capability } from "#lib/platform/roles.ts";
import { deactivateAccount, reactivateAccount } from "#lib/services/accounts/write.ts";
import { type EditedEntity, Reason } from "#lib/services/edits/schema.ts";
import { archiveClassroom, barPerson, releaseStatus, restoreClassroom, unbarPerson } from "#lib/services/edits/standing.ts";
import { editClassroom, editPerson, releaseEdits } from "#lib/services/edits/write.ts";
import { erasePerson } from "#lib/services/retention/erase.ts";
import { holdAccount } from "#lib/services/retention/holds.ts";
import type { EraseRequest } from "#lib/services/retention/schema.ts";
import type { Services } from "#lib/services/services.ts";

const Id = z.string();
const Entity = z.enum(["account", "classroom"]);
const Column = z.string().max(50).nullable();

/** The roster shows what is new. */
function act<May extends Capability>(
  capability: May,
  work: (services: Services, scope: DistrictScope<May>) => Promise<unknown>,
): Promise<ActionResult> {
  return adminAction(capability, "/roster", async (opened, scope) => {
    await work(opened, scope);
    return null;
  });
}

const idOf = (id: unknown) => parseOrRefuse(Id, id, "The request could not be read.");

export async function savePerson(id: string, values: Readonly<Record<string, unknown>>): Promise<ActionResult> {
  return act("edit-people", (opened, scope) => editPerson(opened, scope, idOf(id), values));
}

export async function saveClassroom(id: string, values: Readonly<Record<string, unknown>>): Promise<ActionResult> {
  return act("edit-people", (opened, scope) => editClassroom(opened, scope, idOf(id), values));
}

/** Gives an edited column back to the SIS; null: all of the record's. */
export async function release(entity: EditedEntity, id: string, column: string | null): Promise<ActionResult> {
  return act("edit-people", (opened, scope) => {
    const field = parseOrRefuse(Column, column, "The request could not be read.");
    return releaseEdits(opened, scope, entityOf(entity), idOf(id), field === null ? null : [field]);
  });
}

export async function releaseRecordStatus(entity: EditedEntity, id: string): Promise<ActionResult> {
  return act("edit-people", (opened, scope) => releaseStatus(opened, scope, entityOf(entity), idOf(id)));
}

const entityOf = (entity: unknown) => parseOrRefuse(Entity, entity, "The request could not be read.");

export async function deactivatePerson(id: string, reason: string): Promise<ActionResult> {
  return act("edit-people", (opened, scope) => {
    const said = parseOrRefuse(Reason, { reason }, "Nothing was changed.");
    return deactivateAccount(opened, scope, idOf(id), said.reason);
  });
}

export async function reactivatePerson(id: string): Promise<ActionResult> {
  return act("edit-people", (opened, scope) => reactivateAccount(opened, scope, idOf(id)));
}

export async function bar(id: string, reason: string): Promise<ActionResult> {
  return act("edit-people", (opened, scope) => barPerson(opened, scope, idOf(id), { reason }));
}

export async function unbar(id: string): Promise<ActionResult> {
  return act("edit-people", (opened, scope) => unbarPerson(opened, scope, idOf(id)));
}

export async function archive(id: string, reason: string): Promise<ActionResult> {
  return act("edit-people", (opened, scope) => archiveClassroom(opened, scope, idOf(id), { reason }));
}

export async function restore(id: string): Promise<ActionResult> {
  return act("edit-people", (opened, scope) => restoreClassroom(opened, scope, idOf(id)));
}

export async function holdPerson(id: string, reason: string): Promise<ActionResult> {
  return act("erase-people", (opened, scope) => holdAccount(opened, scope, idOf(id), { reason }));
}

/** Erases all that Aivo has about a teacher or learner. */
export async function erasePersonData(id: string, input: EraseRequest): Promise<ActionResult> {
  return act("erase-people", (opened, scope) => erasePerson(opened, scope, idOf(id), input));
}
