import { expect, it } from "vitest";
import { type Entity, entities } from "#lib/roster/canonical.ts";
import { noTotals, type RunTotals } from "#lib/roster/totals.ts";
import type { RunDetail } from "#lib/services/runs/schema.ts";
import { runSentence } from "./run-sentence.ts";

const nothing = Object.fromEntries(entities.map((entity) => [entity, noTotals])) as Record<Entity, RunTotals[Entity]>;
const of = (counts: Partial<Record<Entity, Partial<RunTotals[Entity]>>>): RunTotals => ({
  ...nothing,
  ...Object.fromEntries(Object.entries(counts).map(([entity, count]) => [entity, { ...noTotals, ...count }])),
});

function said(run: Partial<RunDetail>, peopleChanged: number | null = 0, causes = { neverArrived: 0, stillSignIn: 0 }): string {
  const whole = {
    kind: "sync",
    number: 34,
    state: "succeeded",
    forOnePerson: false,
    disconnects: false,
    sameAsRunId: null,
    takenBackBy: null,
    withheldCount: 0,
    changeCount: 1,
    findings: [],
    failure: null,
    undoOf: null,
    totals: nothing,
    ...run,
  } as unknown as RunDetail;
  const { first, harm, rest } = runSentence({ run: whole, peopleChanged, causes });
  return [first, harm, rest].filter((one) => one !== null).join(" | ");
}

it("says whom a sync changed, each once, then who is harmed and who never arrived", () => {
  const totals = of({ learner: { created: 3, reactivated: 1, updated: 3 }, membership: { created: 36, deactivated: 8 } });
  expect(said({ totals }, 9, { neverArrived: 4, stillSignIn: 9 })).toBe(
    "Sync 34: 4 learners arrived, 5 changed. | 9 who left can still sign in | 4 never arrived.",
  );
  expect(said({ totals: of({ learner: { deactivated: 2 }, teacher: { created: 1 } }) }, 3)).toBe("Sync 34: 1 teacher arrived, 2 left.");
  expect(said({ totals: of({ learner: { deactivated: 2 } }) }, 2)).toBe("Sync 34: 2 learners left.");
  expect(said({ totals: of({ membership: { created: 1 } }) }, 1)).toBe("Sync 34: 1 person changed.");
  expect(said({ totals: of({ learner: { created: 1200 }, teacher: { created: 83 } }) }, null)).toBe(
    "Sync 34: 1,200 learners and 83 teachers arrived.",
  );
  expect(said({ totals: of({ learner: { created: 1 } }), withheldCount: 2 }, 1)).toBe(
    "Sync 34: 1 learner arrived. | 2 records wait for a decision.",
  );
});

it("says that nothing changed, or nobody", () => {
  expect(said({ changeCount: 0 })).toBe("Sync 34: nothing changed: Aivo already had everything that the SIS has.");
  expect(said({ changeCount: 0, sameAsRunId: "earlier" })).toBe(
    "Sync 34: nothing changed, for the input was that of an earlier sync, byte for byte.",
  );
  expect(said({ totals: of({ classroom: { updated: 2 }, school: { updated: 1 } }) })).toBe(
    "Sync 34: 1 school and 2 classes changed, and nobody's account.",
  );
  expect(said({ totals: of({ learner: { linked: 600 } }), changeCount: 600 })).toBe(
    "Sync 34: 600 records were linked to the SIS; no value changed.",
  );
  expect(said({ forOnePerson: true, changeCount: 0 })).toBe(
    "Sync 34 for one person: Aivo already has what the SIS says, so nothing changed.",
  );
});

it("says what became of a run that did not come to an end, and of one that was taken back", () => {
  const failure = { code: "timeout", step: "download users.csv", message: "", remedy: "" } as const;
  expect(said({ state: "failed", failure })).toBe("Sync 34 could not download users.csv, and nothing was changed.");
  expect(said({ state: "failed", failure: { ...failure, code: "worker-lost", step: "heartbeat" } })).toBe(
    "Sync 34 failed, and nothing was changed.",
  );
  expect(said({ state: "cancelled" })).toBe("Sync 34 was canceled before anything was changed.");
  expect(said({ state: "discarded", isExpired: true })).toBe(
    "Sync 34: nobody decided on the plan in time, so it was dropped. Nothing was changed.",
  );
  expect(said({ state: "discarded" })).toBe("Sync 34: the plan was refused, or overtaken by a later sync. Nothing was changed.");
  const takenBackBy = { id: "u", kind: "undo", number: 35 } as const;
  expect(said({ takenBackBy, totals: of({ learner: { created: 1 } }) }, 1, { neverArrived: 3, stillSignIn: 0 })).toBe(
    "Sync 34: 1 learner arrived. Undo 35 took it back.",
  );
  expect(said({ kind: "undo", number: 35, undoOf: { id: "s", kind: "sync", number: 34 }, totals: of({ learner: { removed: 1 } }) })).toBe(
    "Undo 35: Sync 34 was taken back: removed 1 learner.",
  );
});
