import { describe, expect, it } from "vitest";
import { type Entity, entities } from "./canonical.ts";
import { defaultSafety, guard, type SafetySettings } from "./guard.ts";
import type { RunTotals } from "./totals.ts";

const nothing = { created: 0, updated: 0, deactivated: 0, reactivated: 0, linked: 0, unchanged: 0, skipped: 0 };

function each<T>(value: T): Record<Entity, T> {
  return Object.fromEntries(entities.map((entity) => [entity, value])) as Record<Entity, T>;
}

function judge(entity: Entity, deactivated: number, active: number, safety: SafetySettings = defaultSafety) {
  const totals: RunTotals = { ...each(nothing), [entity]: { ...nothing, deactivated } };
  return guard(totals, { ...each(0), [entity]: active }, safety);
}

describe("guard", () => {
  it("applies a plan that deactivates nobody, also in an empty district", () => {
    expect(guard(each(nothing), each(0), defaultSafety)).toEqual({ verdict: "apply" });
  });

  it("says what would be deactivated, of how many, and the limit", () => {
    expect(judge("learner", 214, 1020)).toEqual({
      verdict: "hold",
      reasons: ["The sync would deactivate 214 of 1,020 learners (21%); the limit is 10%."],
    });
  });

  it("allows exactly the limit, and any share of a few records", () => {
    expect(judge("learner", 100, 1000)).toEqual({ verdict: "apply" });
    expect(judge("learner", 101, 1000).verdict).toBe("hold");
    expect(judge("school", 10, 10)).toEqual({ verdict: "apply" });
    expect(judge("school", 11, 11).verdict).toBe("hold");
  });

  it("does not round a share down to the limit that it is beyond", () => {
    expect(judge("membership", 1_001, 10_000)).toMatchObject({
      reasons: [expect.stringContaining("1,001 of 10,000 class memberships (10.01%)")],
    });
    expect(judge("membership", 1_000_001, 10_000_000)).toMatchObject({ reasons: [expect.stringContaining("(just over 10%)")] });
  });

  it.each(["school", "classroom", "teacher", "learner", "membership"] as const)("guards every %s", (entity) => {
    expect(judge(entity, 50, 100).verdict).toBe("hold");
  });

  it.each(["term", "course"] as const)("lets every %s end", (entity) => {
    expect(judge(entity, 100, 100)).toEqual({ verdict: "apply" });
  });

  it("names each entity beyond its limit", () => {
    const totals = { ...each({ ...nothing, deactivated: 60 }) };
    const verdict = guard(totals, each(100), { maxDeactivatedPercent: 50, minDeactivated: 0 });
    expect(verdict.verdict === "hold" ? verdict.reasons : []).toHaveLength(5);
  });

  it("obeys a limit of nothing and a limit of everything", () => {
    expect(judge("teacher", 1, 1000, { maxDeactivatedPercent: 0, minDeactivated: 0 }).verdict).toBe("hold");
    expect(judge("teacher", 1000, 1000, { maxDeactivatedPercent: 100, minDeactivated: 0 })).toEqual({ verdict: "apply" });
  });
});
