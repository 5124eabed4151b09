import type { GuardFacts } from "./facts.ts";
import { count, counted, type NewFinding } from "./finding.ts";
import type { SafetySettings } from "./settings.ts";

/** A first sync that finds many of its people in Aivo already: right after a change of SIS, and wrong with another district's people. */
export function judgeFirstMatches(
  { isFirst, firstMatches, firstClassrooms }: GuardFacts,
  { maxFirstMatches }: SafetySettings,
): NewFinding[] {
  if (!isFirst || firstMatches <= maxFirstMatches) return [];
  return [
    {
      sentence: `This first sync would link ${counted(firstMatches, "account")} that Aivo has already, found by email or student number${firstClassrooms > 0 ? `, and ${counted(firstClassrooms, "classroom")} that it recognizes` : ""}. From then on the SIS says what they are called and whether they can sign in.`,
      numbers: { matched: firstMatches, ...(firstClassrooms > 0 ? { classrooms: firstClassrooms } : {}) },
      check: "Look at some of them: each should be the same person in Aivo and in the SIS.",
      subject: { entities: ["learner", "teacher"], action: "linked" },
    },
  ];
}

const kinds = [
  ["learner", "learner"],
  ["teacher", "teacher"],
  ["classroom", "classroom"],
  ["course", "course"],
  ["term", "term"],
  ["school", "school"],
] as const;

/** The SIS has the same people and classes by other ids. Which is which is told one by one; that many are is for an admin to know first. */
export function judgeReissued({ reissued }: GuardFacts, { maxReissued }: SafetySettings): NewFinding[] {
  const total = kinds.reduce((sum, [kind]) => sum + reissued[kind], 0);
  if (total <= maxReissued) return [];
  const parts = kinds.flatMap(([kind, word]) => (reissued[kind] > 0 ? [counted(reissued[kind], word)] : []));
  return [
    {
      sentence: `The SIS re-issued ${count(total)} ids: ${parts.join(", ")} come by other ids than before and are otherwise the same. Approve to keep their accounts, classes and history under the new ids.`,
      numbers: { ids: total, ...Object.fromEntries(kinds.flatMap(([kind]) => (reissued[kind] > 0 ? [[kind, reissued[kind]]] : []))) },
      check:
        "Ask who runs the SIS whether ids were given anew, and look at some of them: each should be the same person or class. Issues lists those of which it could not be told.",
      subject: { entities: ["learner", "teacher", "classroom"], action: "linked" },
    },
  ];
}

/** Records whose id leads to somebody else's account wait one by one; many of them at once say that ids were given anew. */
export function judgeTakeovers({ takeovers }: GuardFacts, { maxTakeovers }: SafetySettings): NewFinding[] {
  if (takeovers <= maxTakeovers) return [];
  return [
    {
      sentence: `${count(takeovers)} records lead to the account of somebody else: it looks as if the SIS had given its ids anew.`,
      numbers: { takeovers },
      check: "Ask who runs the SIS whether ids were given anew. Issues shows each of them with both persons.",
      subject: null,
    },
  ];
}
