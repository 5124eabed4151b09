import type { GuardFacts } from "./facts.ts";
import { count, counted, type NewFinding } from "./finding.ts";
import type { SafetySettings } from "./settings.ts";

/** A first sync that finds many of its people in Aivo already: right after a change of SIS, and wrong with another district's people. */
export function judgeFirstMatches({ isFirst, firstMatches }: GuardFacts, { maxFirstMatches }: SafetySettings): NewFinding[] {
  if (!isFirst || firstMatches <= maxFirstMatches) return [];
  return [
    {
      sentence: `This first sync would link ${counted(firstMatches, "account")} that Aivo has already, found by email or student number. From then on the SIS says what they are called and whether they can sign in.`,
      numbers: { matched: firstMatches },
      check: "Look at some of them: each should be the same person in Aivo and in the SIS.",
      subject: { entities: ["learner", "teacher"], action: "linked" },
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
