import { expect, test } from "vitest";
import type { Finding } from "#lib/roster/guard/finding.ts";
import { noTotals, type RunTotals } from "#lib/roster/totals.ts";
import { headlineOf, lookOf, signsOf } from "./held-look.ts";
import type { HeldFacts } from "./held-schema.ts";
import { partsInWords } from "./held-words.ts";

const none: RunTotals = {
  school: noTotals,
  term: noTotals,
  course: noTotals,
  classroom: noTotals,
  teacher: noTotals,
  learner: noTotals,
  membership: noTotals,
};
const district = { now: 1455, stay: 1077, moveIn: 226, arrive: 116, leave: 152, after: 1419, classesBefore: 364, classesAfter: 371 };
const facts = (totals: Partial<RunTotals> = {}, more: Partial<HeldFacts> = {}): HeldFacts => ({
  number: 311,
  totals: { ...none, ...totals },
  district,
  schoolCount: 3,
  gradesUp: 0,
  otherSchools: 0,
  newTerms: 0,
  newBegins: null,
  ...more,
});
const found = (detector: Finding["detector"], numbers: Finding["numbers"] = {}, subject: Finding["subject"] = null) => ({
  detector,
  numbers,
  subject,
});
const users = { entities: ["learner", "teacher"], action: "deactivated" } as const;

test.each([
  [[found("rollover"), found("cut-off", { now: 1, last: 2 })], {}, "new-year", "This looks like the new school year."],
  [[found("reissued-ids", { ids: 54 })], {}, "ids", "54 ids were re-issued."],
  [[found("takeovers", { takeovers: 1 })], {}, "ids", "1 record leads to somebody else's account."],
  [[found("first-matches", { matched: 131 })], {}, "matches", "131 accounts are in Aivo already."],
  [[found("cut-off", { now: 51, last: 100 }, users)], {}, "harm", "Half of the users file is missing."],
  [[found("cut-off", { now: 30, last: 100 }, users)], {}, "harm", "Most of the users file is missing."],
  [[found("cut-off", { now: 95, last: 100 }, users)], {}, "harm", "5 rows of the users file are missing."],
  [
    [found("reissued-ids", { ids: 54 }), found("withdrawals")],
    { learner: { ...noTotals, deactivated: 131 } },
    "harm",
    "131 learners would lose access.",
  ],
  [[found("class-withdrawals")], { membership: { ...noTotals, deactivated: 1 } }, "harm", "1 class membership would end."],
  [[found("mass-change")], { teacher: { ...noTotals, updated: 12 } }, "harm", "12 people would change at once."],
] as const)("what %o looks like", (findings, totals, look, headline) => {
  expect(lookOf(findings)).toBe(look);
  expect(headlineOf(findings, facts(totals), true)).toBe(headline);
  expect(signsOf(findings, facts(totals))).toHaveLength(3);
});

test("a SIS that hands over no files has lists", () => {
  expect(headlineOf([found("cut-off", { now: 60, last: 100 }, users)], facts(), false)).toBe("A third of the list of users is missing.");
});

const part = (id: Parameters<typeof partsInWords>[0][number]["id"], count: number, whyWithAll: string | null = null) => ({
  id,
  count,
  whyWithAll,
});

test("of a new school year only what it does not explain is left out at first", () => {
  const totals = {
    classroom: { ...noTotals, created: 371, deactivated: 364 },
    learner: { ...noTotals, created: 116, updated: 1303, deactivated: 152 },
    membership: { ...noTotals, created: 9962, deactivated: 10_185 },
    term: { ...noTotals, created: 3 },
  };
  const parts = partsInWords(
    [
      part("classes-end", 364, "Goes with all: the old classes give way to the new ones."),
      part("learners-leave", 34),
      part("learners-finish", 118),
      part("learners-move-up", 1303),
    ],
    facts(totals, { gradesUp: 1303, otherSchools: 226 }),
    "new-year",
  );
  expect(parts.map(({ title, isOdd, whyWithAll }) => [title, isOdd, whyWithAll === null])).toEqual([
    ["1,303 learners move up a grade", false, true],
    ["364 classes end, 371 begin", false, false],
    ["3 terms begin", false, false],
    ["116 learners arrive", false, false],
    ["118 who finished the oldest grade can no longer sign in", false, true],
    ["34 below the oldest grade can no longer sign in", true, true],
  ]);
  expect(parts[0]?.note).toBe("226 go on to another school");
  expect(parts.at(-1)?.leftOut).toBe("The 34 learners keep their accounts");
});

test("of what looks like harm only what goes with all is checked", () => {
  const totals = { learner: { ...noTotals, created: 2, updated: 5, deactivated: 131 } };
  const parts = partsInWords([part("learners-leave", 131), part("details", 5)], facts(totals), "harm");
  expect(parts.filter(({ isOdd }) => !isOdd).map(({ id }) => id)).toEqual(["arrivals"]);
});
