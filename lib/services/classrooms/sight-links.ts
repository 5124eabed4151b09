import { formatDay } from "#lib/platform/format/date-time.ts";
import type { When } from "#lib/roster/when.ts";

export const sightLinks = ["account", "sign-in", "membership", "membership-dates", "classroom", "term"] as const;

/** One condition of seeing a class. */
export interface SightLink {
  readonly link: (typeof sightLinks)[number];
  /** Of the two about dates: whether it is now. */
  readonly holds: boolean;
  /** A sentence for an admin. */
  readonly says: string;
  /** What to do about it; null where nothing is to be done. */
  readonly remedy: string | null;
}

/** What the database tells of an account and a class. */
export interface SightFacts {
  readonly accountId: string;
  readonly accountName: string;
  readonly role: "admin" | "teacher" | "learner";
  readonly accountStatus: "active" | "deactivated";
  readonly accountBy: "sync" | "admin" | null;
  readonly isBarred: boolean;
  readonly classroomId: string;
  readonly classroomName: string;
  readonly classroomStatus: "active" | "deactivated";
  readonly classroomBy: "sync" | "admin" | null;
  readonly membershipRole: "teacher" | "co-teacher" | "learner" | null;
  readonly membershipStatus: "active" | "deactivated" | null;
  /** The membership's own dates; null where it has none, or such as contradict each other. */
  readonly ownBegin: string | null;
  readonly ownEnd: string | null;
  /** By its own dates alone. */
  readonly ownWhen: When;
  readonly beginsOn: string | null;
  readonly endsOn: string | null;
  readonly classWhen: When;
  /** Null without a membership. */
  readonly when: When | null;
  readonly today: string;
}

/** The chain between an account and a class, link by link, in an admin's words. */
export function linksOf(facts: SightFacts): readonly SightLink[] {
  return [accountLink(facts), signInLink(facts), membershipLink(facts), datesLink(facts), classroomLink(facts), termLink(facts)];
}

function accountLink({ accountStatus, accountBy, accountName }: SightFacts): SightLink {
  if (accountStatus === "active") return yes("account", `${accountName} is active.`);
  return accountBy === "admin"
    ? no("account", `${accountName} was deactivated by an admin.`, "Reactivate them on their page.")
    : no("account", `${accountName} was deactivated by a sync.`, "Correct the SIS, or reactivate them on their page.");
}

function signInLink({ isBarred, accountName }: SightFacts): SightLink {
  if (!isBarred) return yes("sign-in", "No admin bars them from signing in.");
  return no("sign-in", `An admin bars ${accountName} from signing in.`, "Allow them to sign in on their page.");
}

function membershipLink({ membershipStatus, membershipRole, classroomName }: SightFacts): SightLink {
  if (membershipStatus === "active") return yes("membership", `Is in ${classroomName} as ${membershipRole}.`);
  return membershipStatus === null
    ? no("membership", `No SIS ever said that they are in ${classroomName}.`, "Enroll them in the SIS.")
    : no("membership", `Is no longer in ${classroomName}: the SIS ended the enrollment.`, "Enroll them in the SIS again.");
}

function datesLink({ membershipStatus, ownBegin, ownEnd, ownWhen }: SightFacts): SightLink {
  if (membershipStatus === null) return no("membership-dates", "There is no enrollment that could have dates.", null);
  if (ownWhen === "ended")
    return no("membership-dates", `The enrollment ended on ${formatDay(ownEnd ?? "")}.`, "Change the enrollment's end in the SIS.");
  if (ownWhen === "upcoming")
    return no(
      "membership-dates",
      `The enrollment begins on ${formatDay(ownBegin ?? "")}.`,
      "Wait for the day, or change the begin in the SIS.",
    );
  if (ownBegin === null && ownEnd === null) return yes("membership-dates", "The enrollment has no dates of its own.");
  return yes("membership-dates", `The enrollment lasts ${span(ownBegin, ownEnd)}.`);
}

function classroomLink({ classroomStatus, classroomBy, classroomName }: SightFacts): SightLink {
  if (classroomStatus === "active") return yes("classroom", `${classroomName} is active.`);
  return classroomBy === "admin"
    ? no("classroom", `${classroomName} was archived by an admin.`, "Bring it back on its page.")
    : no("classroom", `${classroomName} was deactivated by a sync.`, "Correct the SIS, or bring it back on its page.");
}

function termLink({ classWhen, beginsOn, endsOn }: SightFacts): SightLink {
  if (beginsOn === null && endsOn === null) return yes("term", "The classroom has no term with dates, so it is always current.");
  if (classWhen === "ended")
    return no("term", `Its terms ended on ${formatDay(endsOn ?? "")}.`, "Change the term's end, or the classroom's terms.");
  if (classWhen === "upcoming")
    return no("term", `Its terms begin on ${formatDay(beginsOn ?? "")}.`, "Wait for the day, or change the term's begin.");
  return yes("term", `Its terms last ${span(beginsOn, endsOn)}.`);
}

function span(begin: string | null, end: string | null): string {
  if (begin === null) return `until ${formatDay(end ?? "")}`;
  return end === null ? `from ${formatDay(begin)} on` : `from ${formatDay(begin)} to ${formatDay(end)}`;
}

const yes = (link: SightLink["link"], says: string): SightLink => ({ link, holds: true, says, remedy: null });
const no = (link: SightLink["link"], says: string, remedy: string | null): SightLink => ({ link, holds: false, says, remedy });
