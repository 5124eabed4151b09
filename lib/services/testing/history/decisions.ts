import { expect } from "vitest";
import { shownOf } from "#lib/engine/sync/model/decided.ts";
import { modelSync } from "#lib/engine/sync/model/plan.ts";
import type { ModelDecision, ModelWithheld } from "#lib/engine/sync/model/types.ts";
import { keyOfWithheld } from "#lib/engine/sync/model/withheld.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { decideConflict } from "#lib/services/conflicts/decide.ts";
import { getConflict, listConflicts } from "#lib/services/conflicts/read.ts";
import { ConflictFilter } from "#lib/services/conflicts/schema.ts";
import { approveWithheld, askAgain, refuseWithheld } from "#lib/services/withheld/decide.ts";
import { withheldPage } from "#lib/services/withheld/read.ts";
import { WithheldFilter } from "#lib/services/withheld/schema.ts";
import { foldedBy } from "./apart.ts";
import { execute, settleRun } from "./runs.ts";
import { type District, exportBefore, markChanged, type Sis, settle } from "./world.ts";

/** What is said of what waits, of all or of the how manieth. */
export interface WithheldAnswer {
  readonly answer: "approve" | "approve-refused" | "refuse" | "ask-again";
  readonly nth: number | null;
}

export async function decideWithheld(world: District, sis: Sis, { answer, nth }: WithheldAnswer): Promise<void> {
  const { services, scope } = world;
  const state = answer === "approve" || answer === "refuse" ? "waiting" : "refused";
  const look = (rows?: readonly number[]) => withheldPage(services, scope, sis.id, WithheldFilter.parse({ state, rows }));
  const all = await look();
  if (all.rows.length === 0) return;
  expect(all.total).toBe(all.rows.length);
  const rows = nth === null ? undefined : [all.rows[nth % all.rows.length]?.row ?? 0];
  const shown = rows ? await look(rows) : all;
  const records = new Set(shown.rows.flatMap(({ recordId, field }) => (field === null ? recordId : [])));
  const isMeant = (one: ModelWithheld) =>
    one.integration === sis.id &&
    (shown.rows.some((row) => row.recordId === one.recordId && row.externalId === one.externalId && (row.field ?? "") === one.field) ||
      (one.follows && isOf(world, one, records)));
  const decision = { state, ...(rows ? { rows } : {}), hash: shown.hash, reason: "Looked at it" };
  if (answer === "refuse" || answer === "ask-again") {
    await (answer === "refuse" ? refuseWithheld : askAgain)(services, scope, sis.id, decision);
    const withheld = (world.model.withheld ?? []).map((one) => (isMeant(one) ? { ...one, isRefused: answer === "refuse" } : one));
    return settle(world, { ...world.model, withheld });
  }
  const released = new Set((world.model.withheld ?? []).filter(isMeant).map(keyOfWithheld));
  const exported = await exportBefore(world, sis);
  const run = await execute(world, await approveWithheld(services, scope, sis.id, decision), { rows: {} });
  await settleRun(world, sis, {
    run,
    expected: modelSync(world.model, sis.id, { rows: {} }, { released, ...(await foldedBy(world, sis)) }),
    exported,
  });
}

function isOf({ model }: District, { recordId }: ModelWithheld, records: ReadonlySet<string>): boolean {
  const { account, classroom } = model.records.find(({ id }) => id === recordId)?.values ?? {};
  return records.has(String(account)) || records.has(String(classroom));
}

/** Who somebody of a SIS is said to be: of the conflicts that are open the how manieth, and of the accounts shown. */
export interface ConflictAnswer {
  readonly nth: number;
  readonly who: "new" | "ignore" | number;
}

export async function decideOpenConflict(world: District, { nth, who }: ConflictAnswer): Promise<void> {
  const { services, scope, model } = world;
  const { rows } = await listConflicts(services, scope, ConflictFilter.parse({}));
  const open = [...rows].sort((a, b) => (a.externalId < b.externalId ? -1 : 1))[nth % Math.max(rows.length, 1)];
  if (!open) return;
  const { integrationId: integration, externalId, seq } = open;
  const { shown, candidates } = await getConflict(services, scope, integration, seq);
  const ids = candidates.map(({ id }) => id).sort();
  const account = typeof who === "number" ? (ids[who % Math.max(ids.length, 1)] ?? null) : null;
  if (typeof who === "number" && account === null) return;
  try {
    await decideConflict(services, scope, integration, seq, { who: account ?? who, shown, reason: "I know them" });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return settle(world, model);
  }
  const verdict = who === "new" ? "somebody-else" : who === "ignore" ? "ignored" : "same-person";
  const accounts = verdict === "ignored" ? [] : ids;
  const said = model.mirror.find((one) => one.integration === integration && one.collection === "users" && one.externalId === externalId);
  const person = said?.folded ?? said?.record;
  const isRetired = (one: ModelDecision) =>
    one.integration === integration &&
    one.externalId === externalId &&
    (one.verdict !== "somebody-else" || (account !== null && one.accounts.includes(account)));
  const decision = {
    integration,
    externalId,
    verdict,
    account,
    accounts,
    shown: shownOf(model, externalId, person ?? {}, accounts),
  } as const;
  markChanged(world);
  await settle(world, { ...model, decisions: [...(model.decisions ?? []).filter((one) => !isRetired(one)), decision] });
}
