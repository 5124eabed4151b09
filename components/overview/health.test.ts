import { expect, it } from "vitest";
import { type Entity, entities } from "#lib/roster/canonical.ts";
import type { EntityTotals } from "#lib/roster/totals.ts";
import type { IntegrationHealth, IntegrationSummary, RunSummary } from "#lib/services/integrations/schema.ts";
import { type Asking, verdictOf } from "./health.ts";

function integration(name: string, health: IntegrationHealth, edit: Partial<IntegrationSummary> = {}): IntegrationSummary {
  return {
    id: name,
    name,
    provider: "oneroster-csv",
    state: health === "paused" ? "paused" : "active",
    health,
    lastRun: null,
    lastSuccess: null,
    heldRunId: null,
    suspended: null,
    withheld: null,
    refusal: null,
    schedule: null,
    scheduleInWords: "Manual only",
    nextRunAt: null,
    pausedBy: null,
    slowed: null,
    blackout: null,
    ...edit,
  };
}

function succeeded(skipped: number): RunSummary {
  const none: EntityTotals = { created: 0, updated: 0, deactivated: 0, reactivated: 0, linked: 0, unchanged: 0, skipped: 0 };
  const totals = Object.fromEntries(entities.map((entity) => [entity, none])) as Record<Entity, EntityTotals>;
  const at = "2026-08-17T07:00:00.000Z";
  return {
    id: "run",
    number: 1,
    kind: "sync",
    trigger: "schedule",
    state: "succeeded",
    queuedAt: at,
    startedAt: at,
    finishedAt: at,
    totals: { ...totals, learner: { ...none, skipped } },
    issueCount: skipped,
    changeCount: 0,
    failure: null,
  };
}

const names = (asking: readonly Asking[]) => asking.map(({ one }) => one.name);

it("is good only where every integration is", () => {
  expect(verdictOf([integration("a", "healthy"), integration("b", "paused")])).toMatchObject({ tone: "good", asking: [] });
  const attention = integration("b", "attention", { lastSuccess: succeeded(1234) });
  const verdict = verdictOf([integration("a", "healthy"), attention]);
  expect(verdict).toMatchObject({ tone: "warn", title: "The roster is current, but for 1,234 records that did not come through" });
  expect(names(verdict.asking)).toEqual(["b"]);
});

it("says first that people who left can still sign in", () => {
  const suspended = { people: 9, classrooms: 0, memberships: 4, others: 0, named: [], runId: "run" };
  const all = [integration("kept", "attention", { suspended }), integration("left-out", "attention", { lastSuccess: succeeded(3) })];
  const verdict = verdictOf(all);
  expect(verdict).toMatchObject({ tone: "warn", title: "9 people who left can still sign in" });
  expect(names(verdict.asking)).toEqual(["kept", "left-out"]);
  expect(verdictOf([integration("kept", "attention", { suspended: { ...suspended, people: 0 } })]).title).toBe(
    "4 class memberships that the SIS no longer lists go on",
  );
  expect(verdictOf([integration("kept", "syncing", { suspended })]).title).toBe("9 people who left can still sign in");
});

it("says the worst, and lists what each asks for, worst first", () => {
  const all = [
    integration("new", "never-synced"),
    integration("left-out", "attention", { lastSuccess: succeeded(1) }),
    integration("held", "attention", { heldRunId: "held" }),
    integration("failing", "failing"),
  ];
  expect(verdictOf(all)).toMatchObject({ tone: "bad" });
  expect(names(verdictOf(all).asking)).toEqual(["failing", "held", "left-out", "new"]);
  expect(verdictOf(all.slice(0, 3))).toMatchObject({ tone: "warn", title: "A sync waits for your review" });
  expect(verdictOf(all.slice(0, 2)).title).toBe("The roster is current, but for 1 record that did not come through");
  expect(verdictOf(all.slice(0, 1))).toMatchObject({ tone: "neutral", title: "An integration has not synced yet" });
});

it("gives a failed sync and a plan that waits a line each, so that neither leads to the other", () => {
  const both = [integration("a", "failing", { heldRunId: "held" })];
  expect(verdictOf(both).asking.map(({ need }) => need)).toEqual(["failing", "held"]);
  expect(verdictOf([integration("a", "attention", { heldRunId: "held" })]).asking.map(({ need }) => need)).toEqual(["held"]);
});

it("keeps what waits for a review in sight while its integration syncs or is paused", () => {
  expect(names(verdictOf([integration("a", "syncing", { heldRunId: "held" })]).asking)).toEqual(["a"]);
  expect(verdictOf([integration("a", "paused"), integration("b", "paused")])).toMatchObject({ tone: "warn" });
});
