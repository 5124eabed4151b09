import { expect, test } from "vitest";
import type { IntegrationSummary } from "#lib/services/integrations/schema.ts";
import { standingInWords } from "./standing-words.ts";

const success = { totals: null } as IntegrationSummary["lastSuccess"];
const one = (more: Partial<IntegrationSummary>): IntegrationSummary =>
  ({
    state: "active",
    health: "healthy",
    lastSuccess: success,
    heldRunId: null,
    suspended: null,
    withheld: null,
    pausedBy: null,
    ...more,
  }) as IntegrationSummary;
const suspended = (people: number) => ({ people, classrooms: 2, memberships: 0, others: 0, named: [], runId: null });

test("what harms comes first, then what asks; what is normal has no colour", () => {
  const held = { heldRunId: "a", suspended: suspended(9), health: "failing" } as const;
  expect(standingInWords(one(held))).toEqual({ tone: "bad", text: "9 people who left can still sign in" });
  expect(standingInWords(one({ ...held, suspended: suspended(0) }))).toEqual({
    tone: "warn",
    text: "The last sync failed; nothing changed",
  });
  expect(standingInWords(one({ heldRunId: "a", suspended: suspended(0) })).text).toBe("A sync waits for a review");
  expect(standingInWords(one({ state: "paused" }))).toEqual({ tone: "neutral", text: "Paused" });
  expect(standingInWords(one({ lastSuccess: null, health: "never-synced" }))).toEqual({ tone: "neutral", text: "Never synced" });
  expect(standingInWords(one({}))).toEqual({ tone: "neutral", text: "Up to date" });
});
