import { expect, test } from "vitest";
import { entities } from "#lib/roster/canonical.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import type { SeenSoFar } from "#lib/services/runs/schema.ts";
import { plannedLines, seenLines } from "./seen-words.ts";

const none = { created: 0, updated: 0, deactivated: 0, reactivated: 0, linked: 0, unchanged: 9, skipped: 0 };
const totals = Object.fromEntries(entities.map((entity) => [entity, none])) as unknown as RunTotals;
const seen = (count: number, of: Partial<SeenSoFar> = {}): SeenSoFar => ({
  causes: [{ code: "id-missing", title: "No id", severity: "error", count }],
  totals: null,
  ...of,
});
const past = { issueCounts: { "id-missing": { users: 2, orgs: 1 } } };

test("what is wrong is told beside the run before; that something is resolved only once it is planned", () => {
  const [line] = seenLines(seen(3), past);
  expect(line).toEqual({ key: "id-missing", title: "3 records: No id", state: "as before", tone: "neutral" });
  expect(seenLines(seen(1), past)[0]?.state).toBe("known before");
  expect(seenLines(seen(1, { totals }), past)[0]).toMatchObject({ state: "2 would be resolved", tone: "good" });
  expect(seenLines(seen(5), past)[0]).toMatchObject({ state: "2 more than before", tone: "warn" });
  expect(seenLines(seen(5), { issueCounts: {} })[0]).toMatchObject({ state: "new", tone: "warn" });
  expect(seenLines(seen(5), null)[0]).toMatchObject({ state: "first seen", tone: "neutral" });
});

test("what the plan would do is told kind by kind, the changed ones alone", () => {
  expect(plannedLines(seen(0))).toBeNull();
  expect(plannedLines(seen(0, { totals }))).toEqual([]);
  const learner = { ...none, created: 3, reactivated: 1, updated: 5, deactivated: 2 };
  expect(plannedLines(seen(0, { totals: { ...totals, learner } }))).toEqual(["Learners: 4 new or back, 5 changed, 2 gone"]);
});
