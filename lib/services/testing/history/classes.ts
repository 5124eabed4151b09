import { recordMeant } from "#lib/engine/sync/model/by-hand.ts";
import type { Model, ModelClassDecision } from "#lib/engine/sync/model/types.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { decideClass, takeBackClass } from "#lib/services/classrooms/decide.ts";
import { type District, markChanged, type Sis, settle } from "./world.ts";

/** What is said of a class of the SIS, the how manieth of its ids: that it is, or is not, the how manieth of Aivo's; null: the one that it leads to. */
export interface ClassAnswer {
  readonly verdict: "same" | "another" | "taken-back";
  readonly nth: number;
  readonly whom: number | null;
}

const ids = ["c1", "c2", "c3"];

export async function decideOneClass(world: District, sis: Sis, { verdict, nth, whom }: ClassAnswer): Promise<void> {
  const { services, scope, model } = world;
  if (verdict === "taken-back") return takeBack(world, sis, nth);
  const externalId = ids[nth % ids.length] ?? "";
  const link = model.links.find((one) => one.integration === sis.id && one.entity === "classroom" && one.externalId === externalId);
  const classroom = whom === null ? link?.recordId : recordMeant(model, { entity: "classroom", nth: whom })?.id;
  if (classroom === undefined) return;
  try {
    await decideClass(services, scope, sis.id, { externalId, classroomId: classroom, verdict, reason: "The office was asked" });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return settle(world, model);
  }
  await settle(world, withClassDecision(model, { integration: sis.id, externalId, classroom, verdict }));
  markChanged(world);
}

/** Each in the place of an earlier one of the same two; a class of the SIS is one of Aivo's at most. */
export function withClassDecision(model: Model, decision: ModelClassDecision): Model {
  const { integration, externalId, classroom, verdict } = decision;
  const isReplaced = (one: ModelClassDecision) =>
    one.integration === integration &&
    one.externalId === externalId &&
    (one.classroom === classroom || (verdict === "same" && one.verdict === "same"));
  return { ...model, classDecisions: [...(model.classDecisions ?? []).filter((one) => !isReplaced(one)), decision] };
}

async function takeBack(world: District, sis: Sis, nth: number): Promise<void> {
  const { services, scope, model } = world;
  const all = model.classDecisions ?? [];
  const own = all.filter((one) => one.integration === sis.id);
  const meant = own[nth % Math.max(own.length, 1)];
  if (!meant) return;
  await takeBackClass(services, scope, sis.id, { externalId: meant.externalId, classroomId: meant.classroom });
  await settle(world, { ...model, classDecisions: all.filter((one) => one !== meant) });
  markChanged(world);
}
