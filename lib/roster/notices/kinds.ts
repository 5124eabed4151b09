/**
 * Everything that Aivo tells an admin by itself, in one place: a new kind of incident is a row here, with its words in words.ts, and
 * a call of openIncident() where it is found.
 */
interface KindRule {
  /** How the settings call it. */
  readonly label: string;
  readonly hint: string;
  readonly tone: "bad" | "warn" | "info";
  /** Whether an admin gets it by email who has not said otherwise. */
  readonly isUsual: boolean;
  /** Whether there is a message when it is over. */
  readonly saysOver: boolean;
  /** What ends it by itself: a sync that reads the SIS, one that is applied; or only what names it (closeIncidents). */
  readonly endsWith: "read" | "applied" | "itself";
}

export const incidentRules = {
  failed: {
    label: "A sync failed",
    hint: "Once as it begins to fail, and once when a sync gets through again; not every night.",
    tone: "bad",
    isUsual: true,
    saysOver: true,
    endsWith: "read",
  },
  "authorization-ended": {
    label: "The SIS does not let Aivo in any more",
    hint: "The authorization in Clever, or a token, has expired or was withdrawn; and when it is given again.",
    tone: "bad",
    isUsual: true,
    saysOver: true,
    endsWith: "read",
  },
  "access-ending": {
    label: "The SIS is about to stop sharing",
    hint: "Clever says beforehand when it is going to pause a district, which it does around the summer.",
    tone: "warn",
    isUsual: true,
    saysOver: false,
    endsWith: "itself",
  },
  held: {
    label: "A sync waits for a review",
    hint: "It would change more than the safety limits allow; and when that has been decided.",
    tone: "warn",
    isUsual: true,
    saysOver: true,
    endsWith: "applied",
  },
  withheld: {
    label: "Changes wait for a decision",
    hint: "A sync was applied but for what is in doubt; and when all of that has been decided, or the SIS says it no longer.",
    tone: "warn",
    isUsual: true,
    saysOver: true,
    endsWith: "itself",
  },
  suspended: {
    label: "Withdrawals are suspended",
    hint: "People or classes that the SIS no longer lists go on, because a row without an id may be theirs; and when that is over.",
    tone: "warn",
    isUsual: true,
    saysOver: true,
    endsWith: "itself",
  },
  slowed: {
    label: "A schedule has slowed down",
    hint: "After three scheduled syncs in a row that failed. That it is over is part of the message that syncs get through again.",
    tone: "warn",
    isUsual: true,
    saysOver: false,
    endsWith: "read",
  },
  blackout: {
    label: "A blackout begins in two days",
    hint: "Scheduled syncs are about to stop for the days that an admin has set.",
    tone: "info",
    isUsual: true,
    saysOver: false,
    endsWith: "itself",
  },
  "sign-in-spray": {
    label: "Passwords are tried on many accounts",
    hint: "Somebody tries to sign in as many people of your district. Once as it begins, and once when it has stopped.",
    tone: "warn",
    isUsual: true,
    saysOver: true,
    endsWith: "itself",
  },
} as const satisfies Record<string, KindRule>;

export type IncidentKind = keyof typeof incidentRules;
export const incidentKinds = Object.keys(incidentRules) as [IncidentKind, ...IncidentKind[]];

/** What an admin chooses about; the digest is of no incident. */
export type ChosenKind = IncidentKind | "digest";
export const chosenKinds: readonly ChosenKind[] = [...incidentKinds, "digest"];
/** What can be sent: a test goes to the endpoint for which somebody asked for it. */
export type NoticeKind = ChosenKind | "test";
export type NoticePhase = "opened" | "over" | "once";

export const digestRule = {
  label: "The week in short",
  hint: "Every Monday at 7 AM in the district's time zone: what syncs did, which issues are open and what waits.",
  isUsual: true,
} as const;

export function isUsual(kind: ChosenKind): boolean {
  return kind === "digest" ? digestRule.isUsual : incidentRules[kind].isUsual;
}

/** Kinds that a sync which got so far ends. */
export function endedBy(reach: "read" | "applied"): readonly IncidentKind[] {
  return incidentKinds.filter((kind) => incidentRules[kind].endsWith === "read" || incidentRules[kind].endsWith === reach);
}

export function isIncidentKind(kind: string): kind is IncidentKind {
  return Object.hasOwn(incidentRules, kind);
}
