import { judgeClassWithdrawals } from "./class-withdrawals.ts";
import { judgeCutOff } from "./cut-off.ts";
import type { DetectorId } from "./detector-ids.ts";
import type { GuardFacts } from "./facts.ts";
import type { NewFinding } from "./finding.ts";
import { judgeLeftWithout } from "./left-without.ts";
import { judgeMassChange } from "./mass-change.ts";
import { judgeClassChange } from "./mass-change-classes.ts";
import { judgeFirstMatches, judgeReissued, judgeTakeovers } from "./matching.ts";
import { judgeRollover } from "./rollover.ts";
import { judgeSchoolWithdrawals } from "./school-withdrawals.ts";
import type { SafetyKey, SafetySettings } from "./settings.ts";
import { judgeUnprovenList } from "./unproven-list.ts";
import { judgeWeek } from "./week-withdrawals.ts";
import { judgeWithdrawals } from "./withdrawals.ts";

export interface Detector {
  readonly title: string;
  /** What it sees, for docs/guard.md. */
  readonly sees: string;
  /** What keeps it silent, for docs/guard.md. */
  readonly quiet: string;
  readonly settings: readonly SafetyKey[];
  /** What waits where only what is in doubt does, for docs/guard.md. */
  readonly withholds: string;
  /** Whether there is nothing more to it once that is withheld, although it looks as before: the list is as short, the records are as many. */
  readonly isSettledByWithholding?: true;
  readonly judge: (facts: GuardFacts, settings: SafetySettings) => NewFinding[];
}

/** Every detector; a new id does not compile until it stands here. */
export const detectors = {
  rollover: {
    title: "A new school year",
    sees: "Nearly all classrooms go with their terms, at least half as many come in new terms that begin after them, people stay but for the oldest learners.",
    quiet:
      "What it explains (classrooms, memberships, graduates, a grade up, the next school) is no concern of the others. Without the question it is applied once the old terms are over, and at any time where 100% may be deactivated.",
    settings: ["askAtRollover"],
    withholds: "The whole plan.",
    judge: judgeRollover,
  },
  "cut-off": {
    title: "A list that is cut off",
    sees: "A list read in full is shorter than the last one by more than usual for this integration; whether all that is missing stood at its end before.",
    quiet:
      "Twice the largest loss between two reads of the last weeks that needed no approval, at most 10%; classrooms of terms that are over; roles of people who leave themselves.",
    settings: ["maxFewerRowsPercent"],
    withholds:
      "Whoever is missing from the list, with their class memberships. Where it is the list of roles (OneRoster 1.2), the whole plan.",
    isSettledByWithholding: true,
    judge: judgeCutOff,
  },
  "unproven-list": {
    title: "A shorter list without a total",
    sees: "A list read in full from a SIS that states no total takes more away than it brings. It was read twice.",
    quiet: "A list whose total was reached; one that brings as many as it takes; changes only.",
    settings: ["maxUnprovenLoss"],
    withholds: "Whoever is missing from the list, with their class memberships.",
    isSettledByWithholding: true,
    judge: judgeUnprovenList,
  },
  "left-without": {
    title: "Left without a school, term or course",
    sees: "People and classrooms stay, or are withheld, while the school, term or course that they have goes, and are left none.",
    quiet: "Whoever gets another one.",
    settings: ["maxLeftWithout"],
    withholds: "The school, term or course that would go.",
    judge: judgeLeftWithout,
  },
  withdrawals: {
    title: "Many would be deactivated",
    sees: "Schools, classrooms, teachers, learners, memberships, and teachers' memberships in classrooms that stay: beyond the limit, or more than half of a kind and at least three.",
    quiet: "Terms and courses; classrooms whose terms are over.",
    settings: ["maxDeactivatedPercent", "minDeactivated"],
    withholds: "All of that kind that would go.",
    judge: judgeWithdrawals,
  },
  "school-withdrawals": {
    title: "Many of one school would be deactivated",
    sees: "Learners, teachers and classrooms of one school beyond the limit, or more than half of it; more than half of one of its grades.",
    quiet: "The oldest grade in a new school year; classrooms whose terms are over.",
    settings: ["maxSchoolPercent", "minSchoolDeactivated"],
    withholds: "Those of that kind, school and grade that would go.",
    judge: judgeSchoolWithdrawals,
  },
  "class-withdrawals": {
    title: "A class would lose its members",
    sees: "Nearly all members of a class that stays lose it, stay themselves and get no other class.",
    quiet: "Twice as many such classes as a sync of the last weeks had.",
    settings: ["maxClassPercent"],
    withholds: "The memberships that would go in these classes.",
    judge: judgeClassWithdrawals,
  },
  "week-withdrawals": {
    title: "A little every night",
    sees: "Learners and teachers who left within seven days of applied syncs and this one, less those who came, in the district and in each school.",
    quiet: "What an admin approved; whoever came back; a new school year.",
    settings: ["maxWeekPercent"],
    withholds: "Those of that kind (and school) that would go with this sync.",
    judge: judgeWeek,
  },
  "mass-change": {
    title: "A field of many people would change",
    sees: "Email, first and last name, grade, student number or school of many change or become blank at once: missing, all the same, shifted by a row, a new domain, names exchanged or in capitals, all moved to one school.",
    quiet: "Everybody a grade up, and in the next school, in a new school year.",
    settings: ["maxChangedPercent", "maxBlankedPercent", "minChanged"],
    withholds: "That field, of everybody of whom it would change.",
    judge: judgeMassChange,
  },
  "class-change": {
    title: "A field of many classes would change",
    sees: "Name, term, course or school of many classrooms, the dates of many memberships, or more than half of all schools, terms or courses.",
    quiet: "A new school year's terms and courses.",
    settings: ["maxChangedPercent", "maxBlankedPercent", "minChanged"],
    withholds: "That field, of every class or membership of which it would change.",
    judge: judgeClassChange,
  },
  "first-matches": {
    title: "A first sync of many who are there already",
    sees: "A first sync of an integration that links accounts which Aivo has already, by email or student number.",
    quiet: "Every later sync.",
    settings: ["maxFirstMatches"],
    withholds: "The whole plan.",
    judge: judgeFirstMatches,
  },
  "reissued-ids": {
    title: "Ids that were given anew",
    sees: "People, classrooms, courses, terms and schools that the SIS has by another id than before: people by email, student number or an admin's decision, schools by number or name, classrooms by code, teacher and members.",
    quiet: "A few, and every first sync.",
    settings: ["maxReissued"],
    withholds: "The whole plan.",
    judge: judgeReissued,
  },
  takeovers: {
    title: "Many records of other people",
    sees: "Many records whose id leads to the account of somebody else (issue `match-takeover`).",
    quiet: "A few: each of them waits by itself.",
    settings: ["maxTakeovers"],
    withholds: "Each of these records.",
    isSettledByWithholding: true,
    judge: judgeTakeovers,
  },
} as const satisfies Readonly<Record<DetectorId, Detector>>;
