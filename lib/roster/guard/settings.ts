/** A setting of the guard, in an admin's words. */
export interface SafetySetting {
  /** percent: 0 to 100, and 100 is never beyond. count: 0 to 1,000,000. choice: yes or no. */
  readonly kind: "percent" | "count" | "choice";
  readonly default: number | boolean;
  readonly group: SafetyGroup;
  readonly label: string;
  readonly hint: string;
}

export const safetyGroups = {
  doubt: "When something is in doubt",
  leaving: "People and classes that leave",
  values: "Values that change for many at once",
  reading: "The read itself",
  matching: "Who is who",
  rollover: "The new school year",
} as const;
export type SafetyGroup = keyof typeof safetyGroups;

/**
 * What an integration's admin can set. A number is the most that goes through without a question; whoever wants a detector to keep
 * silent sets a percentage to 100 or a count to 1,000,000.
 */
export const safetySettings = {
  withholdDoubtful: {
    kind: "choice",
    default: true,
    group: "doubt",
    label: "Withhold only what is in doubt, and apply the rest",
    hint: "What is beyond a limit waits until you approve or refuse it; everybody else's changes go through. Without it the whole sync waits.",
  },
  additionsOnly: {
    kind: "choice",
    default: false,
    group: "doubt",
    label: "Additions only: nobody and nothing is taken away by a sync",
    hint: "Whatever leaves the SIS is listed and stays in Aivo until you approve that it goes. Who left can still sign in meanwhile.",
  },
  maxDeactivatedPercent: {
    kind: "percent",
    default: 10,
    group: "leaving",
    label: "Most that may be deactivated at once, in percent",
    hint: "Of what is active, counted for each kind of record by itself. More than half of a kind waits even if they are few, unless this is higher.",
  },
  minDeactivated: {
    kind: "count",
    default: 10,
    group: "leaving",
    label: "Never held for this many or fewer",
    hint: "So that three withdrawals are not a question.",
  },
  maxWeekPercent: {
    kind: "percent",
    default: 15,
    group: "leaving",
    label: "Most that may be lost in seven days, in percent",
    hint: "Learners and teachers who left less those who came, in the district and in each school. What an admin approved is not counted.",
  },
  maxSchoolPercent: {
    kind: "percent",
    default: 20,
    group: "leaving",
    label: "Most of one school that may be deactivated at once, in percent",
    hint: "Learners, teachers and classrooms of a school. Half of one grade of a school waits as well.",
  },
  minSchoolDeactivated: {
    kind: "count",
    default: 5,
    group: "leaving",
    label: "Never held for this many or fewer of a school",
    hint: "Unless they are more than half of it, or than the percentage above where that is higher.",
  },
  maxClassPercent: {
    kind: "percent",
    default: 80,
    group: "leaving",
    label: "Most of one class that may lose it, in percent",
    hint: "Of its members, where the class and the people stay and get no other class.",
  },
  maxLeftWithout: {
    kind: "count",
    default: 2,
    group: "leaving",
    label: "Most that may be left without their school, term or course",
    hint: "People and classes that stay while what they belong to is gone from the SIS.",
  },
  maxChangedPercent: {
    kind: "percent",
    default: 20,
    group: "values",
    label: "Most whose same field may change at once, in percent",
    hint: "Names, emails, numbers, grades and schools of people; names, terms and schools of classes; dates of memberships.",
  },
  maxBlankedPercent: {
    kind: "percent",
    default: 5,
    group: "values",
    label: "Most who may lose a value at once, in percent",
    hint: "Of those who have the value now.",
  },
  minChanged: {
    kind: "count",
    default: 5,
    group: "values",
    label: "Never held for this many changes or fewer",
    hint: "Of one field.",
  },
  maxFewerRowsPercent: {
    kind: "percent",
    default: 2,
    group: "reading",
    label: "How much shorter a list may be than last time, in percent",
    hint: "Where an integration's lists usually change more from one read to the next, twice that is the limit. Few rows of a short list are no reason.",
  },
  maxUnprovenLoss: {
    kind: "count",
    default: 0,
    group: "reading",
    label: "How many records a list may lose of which the SIS states no total",
    hint: "Such a list cannot be told from one that was cut short; it is read twice first.",
  },
  maxFirstMatches: {
    kind: "count",
    default: 10,
    group: "matching",
    label: "Most existing accounts that a first sync may take over",
    hint: "Accounts that Aivo has already, found by email or student number.",
  },
  maxReissued: {
    kind: "count",
    default: 10,
    group: "matching",
    label: "Most ids that the SIS may give anew",
    hint: "People and classes that are the same under another id keep their accounts and history; when more than this many are at once, you are asked first.",
  },
  maxTakeovers: {
    kind: "count",
    default: 5,
    group: "matching",
    label: "Most records that may lead to another person's account",
    hint: "Each of them waits by itself whatever this says; more than this many are a sign that ids were given anew, and the sync says so; where everything is to wait, it does.",
  },
  askAtRollover: {
    kind: "choice",
    default: true,
    group: "rollover",
    label: "Ask before a new school year is applied",
    hint: "Without it a new school year is applied by itself once the old terms are over.",
  },
} as const satisfies Readonly<Record<string, SafetySetting>>;

export type SafetyKey = keyof typeof safetySettings;
export const safetyKeys = Object.keys(safetySettings) as readonly SafetyKey[];

/** What an integration has set: limits beyond which a plan waits for an admin. */
export type SafetySettings = {
  readonly [Key in SafetyKey]: (typeof safetySettings)[Key]["kind"] extends "choice" ? boolean : number;
};

export const defaultSafety = fromSettings((setting) => setting.default);

/** No detector holds anything: for a world that changes at random. Nothing that the settings form could not say. */
export const safetyOff = fromSettings(({ kind }) => (kind === "percent" ? 100 : kind === "count" ? 1_000_000 : false));

/** Settings as they were stored, perhaps by a version that knew fewer. */
export function withDefaults(stored: Partial<SafetySettings>): SafetySettings {
  return { ...defaultSafety, ...stored };
}

function fromSettings(value: (setting: SafetySetting) => number | boolean): SafetySettings {
  return Object.fromEntries(safetyKeys.map((key) => [key, value(safetySettings[key])])) as SafetySettings;
}
