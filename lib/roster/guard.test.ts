import { describe, expect, it } from "vitest";
import { type Entity, entities } from "./canonical.ts";
import { detectorIds } from "./guard/detector-ids.ts";
import { detectors } from "./guard/detectors.ts";
import type { GuardFacts } from "./guard/facts.ts";
import { type SafetySettings, safetyKeys, safetyOff, withDefaults } from "./guard/settings.ts";
import { guard } from "./guard.ts";
import { holdsEverything } from "./testing/safety.ts";
import type { RunTotals } from "./totals.ts";

/** Beyond a limit everything waits. */
const withLimits = (limits: Partial<SafetySettings>) => withDefaults({ withholdDoubtful: false, ...limits });

const none = { created: 0, updated: 0, deactivated: 0, reactivated: 0, linked: 0, unchanged: 0, skipped: 0 };

function each<T>(value: T): Record<Entity, T> {
  return Object.fromEntries(entities.map((entity) => [entity, value])) as Record<Entity, T>;
}

const quiet: GuardFacts = {
  totals: each(none),
  activeBefore: each(0),
  isFirst: false,
  firstMatches: 0,
  firstClassrooms: 0,
  reissued: { school: 0, term: 0, course: 0, classroom: 0, teacher: 0, learner: 0 },
  takeovers: 0,
  leaving: {
    schools: [],
    graduates: 0,
    over: { classrooms: 0, memberships: 0 },
    ofEndedTerms: { classrooms: 0, memberships: 0 },
    teaching: { active: 0, gone: 0 },
    emptied: [],
    emptiedCount: 0,
    emptiedUsually: 0,
  },
  week: [],
  leftWithout: { peopleWithoutSchool: 0, classesWithoutSchool: 0, classesWithoutTerm: 0, classesWithoutCourse: 0 },
  people: { teacher: null, learner: null },
  classes: null,
  memberships: null,
  rows: {},
  rollover: null,
  unproven: [],
};

function judge(entity: Entity, deactivated: number, active: number, safety: Partial<SafetySettings> = {}) {
  const totals: RunTotals = { ...each(none), [entity]: { ...none, deactivated } };
  const { verdict, findings } = guard({ ...quiet, totals, activeBefore: { ...each(0), [entity]: active } }, withLimits(safety));
  return { verdict, reasons: findings.map(({ sentence }) => sentence) };
}

describe("too many of a kind", () => {
  it("applies a plan that deactivates nobody, also in an empty district", () => {
    expect(guard(quiet, holdsEverything)).toEqual({ verdict: "apply", findings: [], doubts: [] });
  });

  it("says what would be deactivated, of how many, and the limit", () => {
    expect(judge("learner", 214, 1020)).toEqual({
      verdict: "hold",
      reasons: ["The sync would deactivate 214 of 1,020 learners (21%); the limit is 10%."],
    });
  });

  it("allows exactly the limit, and few of few unless they are more than half", () => {
    expect(judge("learner", 100, 1000).verdict).toBe("apply");
    expect(judge("learner", 101, 1000).verdict).toBe("hold");
    expect(judge("teacher", 5, 10).verdict).toBe("apply");
    expect(judge("teacher", 5, 5).verdict).toBe("hold");
    expect(judge("school", 2, 2).verdict).toBe("apply");
  });

  it("does not round a share down to the limit that it is beyond", () => {
    expect(judge("membership", 1_001, 10_000).reasons).toEqual([expect.stringContaining("1,001 of 10,000 class memberships (10.01%)")]);
    expect(judge("membership", 1_000_001, 10_000_000).reasons).toEqual([expect.stringContaining("(just over 10%)")]);
  });

  it.each(["school", "classroom", "teacher", "learner", "membership"] as const)("guards every %s", (entity) => {
    expect(judge(entity, 50, 100).verdict).toBe("hold");
  });

  it.each(["term", "course"] as const)("lets every %s end", (entity) => {
    expect(judge(entity, 100, 100).verdict).toBe("apply");
  });

  it("obeys a limit of nothing and a limit of everything", () => {
    expect(judge("teacher", 1, 1000, { maxDeactivatedPercent: 0, minDeactivated: 0 }).verdict).toBe("hold");
    expect(judge("teacher", 1000, 1000, { maxDeactivatedPercent: 100, minDeactivated: 0 }).verdict).toBe("apply");
  });
});

describe("a list without a total", () => {
  const facts = (unproven: GuardFacts["unproven"], learner: Partial<typeof none>): GuardFacts => ({
    ...quiet,
    unproven,
    activeBefore: each(1_000),
    totals: { ...each(none), learner: { ...none, ...learner } },
  });

  it("waits where it takes more away than it brings", () => {
    const { verdict, findings } = guard(facts(["users"], { deactivated: 2, created: 1 }), holdsEverything);
    expect(verdict).toBe("hold");
    expect(findings).toMatchObject([{ detector: "unproven-list", numbers: { gone: 2, come: 1 } }]);
    expect(findings[0]?.sentence).toContain("The list of users is shorter than what Aivo has: 2 would go and 1 come");
  });

  it("goes through where it brings as many, where its total was reached, and where a setting allows it", () => {
    expect(guard(facts(["users"], { deactivated: 2, created: 1, reactivated: 1 }), holdsEverything).verdict).toBe("apply");
    expect(guard(facts(["classes"], { deactivated: 2 }), holdsEverything).verdict).toBe("apply");
    expect(guard(facts(["users"], { deactivated: 2 }), { ...holdsEverything, maxUnprovenLoss: 2 }).verdict).toBe("apply");
  });
});

/** Every part of the facts as bad as can be. */
const everythingAtOnce: GuardFacts = (() => {
  const field = { had: 100, changed: 100, blanked: 100, distinct: 0, shifted: 0 };
  const people = {
    known: 100,
    email: { ...field, domain: 0 },
    givenName: field,
    familyName: field,
    grade: { ...field, promoted: 0 },
    number: field,
    school: { ...field, promoted: 0 },
    exchanged: 0,
    capitals: 0,
  };
  const school = { schoolId: "s", schoolName: "North", grade: null, active: 100, gone: 100, goneAtRollover: 0, goneOver: 0 };
  return {
    ...quiet,
    totals: each({ ...none, deactivated: 100, updated: 100 }),
    activeBefore: each(100),
    takeovers: 100,
    reissued: { school: 1, term: 0, course: 0, classroom: 20, teacher: 3, learner: 100 },
    leaving: {
      ...quiet.leaving,
      schools: [{ ...school, kind: "learner" }],
      teaching: { active: 100, gone: 100 },
      emptied: [{ classroomId: "c", name: "Algebra", active: 20, lost: 20 }],
      emptiedCount: 1,
    },
    week: [
      { kind: "learner", schoolId: null, schoolName: null, active: 100, gone: 30, arrived: 0, taken: 30, takenAtRollover: 0, brought: 0 },
    ],
    leftWithout: { peopleWithoutSchool: 100, classesWithoutSchool: 100, classesWithoutTerm: 100, classesWithoutCourse: 100 },
    people: { teacher: people, learner: people },
    classes: { known: 100, name: field, term: field, course: field, school: field },
    memberships: { known: 100, datesChanged: 100, ended: 100 },
    rows: { users: { now: 10, last: 100, usualLoss: 0, missing: 90, withTheirPeople: 0, isTail: true } },
    unproven: ["users"],
  };
})();

describe("every detector", () => {
  it("has something to say of a catastrophe, or of a first sync or a new year", () => {
    const said = new Set(guard(everythingAtOnce, holdsEverything).findings.map(({ detector }) => detector));
    expect(detectorIds.filter((id) => !said.has(id))).toEqual(["rollover", "first-matches"]);
    expect(guard({ ...quiet, isFirst: true, firstMatches: 11 }, holdsEverything).findings.map(({ detector }) => detector)).toEqual([
      "first-matches",
    ]);
  });

  it("is silent with all settings at their end", () => {
    expect(guard(everythingAtOnce, safetyOff)).toEqual({ verdict: "apply", findings: [], doubts: [] });
    expect(guard({ ...quiet, isFirst: true, firstMatches: 1_000_000 }, safetyOff).verdict).toBe("apply");
  });

  it("has settings, and every setting a detector", () => {
    const used = new Set<string>(Object.values(detectors).flatMap(({ settings }) => settings));
    const ofAll = new Set<string>(["withholdDoubtful", "additionsOnly"]);
    expect([...used].sort()).toEqual(safetyKeys.filter((key) => !ofAll.has(key)).sort());
  });

  it("says with each finding what to check, and numbers that are numbers", () => {
    for (const { sentence, check, numbers } of guard(everythingAtOnce, holdsEverything).findings) {
      expect(sentence).toMatch(/[.]$/);
      expect(check).toMatch(/[.]$/);
      expect(Object.values(numbers).every(Number.isFinite)).toBe(true);
    }
  });
});

describe("a new school year", () => {
  const rolledOver: GuardFacts = {
    ...quiet,
    totals: {
      ...each(none),
      classroom: { ...none, deactivated: 360, created: 371 },
      membership: { ...none, deactivated: 10_000, created: 9_900 },
      learner: { ...none, deactivated: 118, updated: 1_303 },
      term: { ...none, deactivated: 3, created: 3 },
    },
    activeBefore: { ...each(0), classroom: 364, membership: 10_100, learner: 1_455, teacher: 80, term: 3 },
    leaving: { ...quiet.leaving, graduates: 110, ofEndedTerms: { classrooms: 360, memberships: 10_000 } },
    rollover: { classrooms: 364, newTerms: 3, newClassrooms: 371, oldEnds: "2027-06-04", newBegins: "2027-08-23", today: "2027-08-20" },
  };
  const asked = (facts: GuardFacts, safety: Partial<SafetySettings> = {}) =>
    guard(facts, withLimits(safety)).findings.map(({ detector, level }) => `${detector} ${level}`);

  it("is asked about once, or applied where the admin wants that and the dates agree", () => {
    expect(asked(rolledOver)).toEqual(["rollover hold"]);
    expect(asked(rolledOver, { askAtRollover: false })).toEqual(["rollover note"]);
    expect(guard(rolledOver, withLimits({ askAtRollover: false })).verdict).toBe("apply");
  });

  it("that comes before the old terms are over is asked about whatever the setting says, and judged as what it is", () => {
    const early = { ...rolledOver, rollover: { ...(rolledOver.rollover ?? expect.fail()), today: "2027-05-20" } };
    expect(asked(early, { askAtRollover: false })).toEqual(["rollover hold", "withdrawals hold", "withdrawals hold"]);
    expect(asked(early, { ...safetyOff })).toEqual(["rollover note"]);
    expect(guard(early, holdsEverything).findings[0]?.sentence).toContain("run until 2027-06-04");
  });

  it("is none where people go with the classes, or where no classes come", () => {
    const leave = { ...rolledOver, totals: { ...rolledOver.totals, learner: { ...none, deactivated: 700 } } };
    expect(asked(leave)).not.toContain("rollover hold");
    expect(asked({ ...rolledOver, rollover: null })).not.toContain("rollover hold");
  });
});

describe("a list that is shorter", () => {
  const rows = (now: number, usualLoss = 0, isTail = false) =>
    guard({ ...quiet, rows: { users: { now, last: 1000, usualLoss, missing: 1000 - now, withTheirPeople: 0, isTail } } }, holdsEverything)
      .verdict;

  it("waits beyond two percent, or beyond twice what is usual here, or for less where the end is missing", () => {
    expect([rows(980), rows(979)]).toEqual(["apply", "hold"]);
    expect([rows(960, 20), rows(959, 20)]).toEqual(["apply", "hold"]);
    expect([rows(995, 0, true), rows(994, 0, true)]).toEqual(["apply", "hold"]);
  });

  it("may lose a family where it is short, and not a quarter", () => {
    const short = (now: number) =>
      guard(
        { ...quiet, rows: { users: { now, last: 30, usualLoss: 0, missing: 30 - now, withTheirPeople: 0, isTail: false } } },
        holdsEverything,
      ).verdict;
    expect([short(25), short(22)]).toEqual(["apply", "hold"]);
  });

  it("of roles has the whole plan wait, but for those of people who go themselves", () => {
    const roles = (withTheirPeople: number) => {
      const facts = { ...quiet, rows: { roles: { now: 700, last: 1000, usualLoss: 0, missing: 300, withTheirPeople, isTail: false } } };
      return guard(facts, withDefaults({})).verdict;
    };
    expect([roles(0), roles(279), roles(280)]).toEqual(["hold", "hold", "apply"]);
  });

  it("is not used to any loss by one odd day", () => {
    expect(rows(890, 500)).toBe("hold");
  });
});

describe("where only what is in doubt waits", () => {
  const losing: GuardFacts = {
    ...quiet,
    totals: { ...each(none), learner: { ...none, deactivated: 500 } },
    activeBefore: { ...each(0), learner: 1000 },
  };
  const all = { what: "withdrawals", entities: ["learner"] } as const;

  it("says what to leave out, and applies the plan once that is left out", () => {
    const first = guard(losing, withDefaults({}));
    expect(first).toMatchObject({ verdict: "withhold", doubts: [{ cause: "withdrawals", doubt: all }] });
    expect(first.findings.map(({ level }) => level)).toEqual(["withhold"]);
    expect(guard(quiet, withDefaults({}), first.doubts)).toEqual({ verdict: "apply", findings: [], doubts: [] });
  });

  it("holds the plan where leaving that out did not help", () => {
    expect(guard(losing, withDefaults({}), [{ cause: "withdrawals", doubt: all }]).verdict).toBe("hold");
  });

  it("takes along whatever takes memberships along, before it gives up", () => {
    const facts = {
      ...quiet,
      totals: { ...each(none), membership: { ...none, deactivated: 500 } },
      activeBefore: { ...each(0), membership: 1000 },
    };
    const first = guard(facts, withDefaults({}));
    const second = guard(facts, withDefaults({}), first.doubts);
    expect(second).toMatchObject({ verdict: "withhold", doubts: [{ doubt: { entities: ["classroom", "learner", "teacher"] } }] });
    expect(guard(facts, withDefaults({}), [...first.doubts, ...second.doubts]).verdict).toBe("hold");
  });

  it("has nothing more to say of a list that is as short as before", () => {
    const facts = { ...quiet, rows: { users: { now: 700, last: 1000, usualLoss: 0, missing: 300, withTheirPeople: 0, isTail: true } } };
    const first = guard(facts, withDefaults({}));
    expect(first.verdict).toBe("withhold");
    expect(guard(facts, withDefaults({}), first.doubts).verdict).toBe("apply");
  });

  it("holds a plan that is in doubt as a whole", () => {
    const reissued = { ...quiet.reissued, learner: 8, classroom: 2 };
    expect(guard({ ...quiet, reissued }, withDefaults({})).verdict).toBe("apply");
    const { verdict, findings } = guard({ ...quiet, reissued: { ...reissued, teacher: 1 } }, withDefaults({}));
    expect(verdict).toBe("hold");
    expect(findings).toMatchObject([{ detector: "reissued-ids", numbers: { ids: 11, learner: 8, teacher: 1, classroom: 2 } }]);
    expect(findings[0]?.sentence).toMatch(/^The SIS re-issued 11 ids: 8 learners, 1 teacher, 2 classrooms come by other ids/);
    expect(guard({ ...quiet, isFirst: true, firstMatches: 11 }, withDefaults({})).verdict).toBe("hold");
  });
});
