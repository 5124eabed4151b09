/** What Clever does in its own way, as data. */
import type { Collection, RosteredCollection } from "#lib/roster/canonical.ts";

export const version = "/v3.0";

/** Clever's lists that make up a roster, by what they are read for. */
export const kinds = ["schools", "terms", "courses", "sections", "users"] as const;
export type Kind = (typeof kinds)[number];

/** Whose records a list becomes. Sections become classes, and enrollments besides. */
export const collectionOf: Record<Kind, RosteredCollection> = {
  schools: "orgs",
  terms: "academicSessions",
  courses: "courses",
  sections: "classes",
  users: "users",
};

/** Clever's specification lets these be null. Whoever has no email address is told of all the same: people sign in with it. */
export const mayBeBlank: Partial<Record<Collection, readonly string[]>> = {
  academicSessions: ["title"],
  classes: ["courseSourcedId", "termSourcedIds"],
  users: ["givenName", "familyName"],
};

/**
 * Above 10,000 Clever answers 413. A thousand people with all their fields are about 2 MB; a section is as many records as it has
 * members.
 */
export const pageSizesOf = (kind: Kind): readonly number[] => (kind === "sections" ? [250, 100] : [1000, 500, 100]);
export const eventPageSize = 1000;

/** Events are kept for 30 days; a day is left for clocks and for the run itself. */
export const eventsKeptMs = 29 * 86_400_000;
/** More changes than these are read faster as a whole: a school year has rolled over. */
export const maxEvents = 20_000;
/** As many sections asked for one person at a time, before a full read is the shorter way. */
export const maxSectionLookups = 100;
/** Members that are nobody's yet, remembered between two reads. */
export const maxRemembered = 2_000;

/** What to switch on in Clever when a list is not shared. */
export const toggles: Record<Kind | "events" | "districts", string> = {
  schools: 'In Clever, open Applications → Aivo → Data sharing and share at least one school (the toggle "Schools").',
  terms: 'In Clever, open Applications → Aivo → Data sharing → Fields and switch on "Terms".',
  courses: 'In Clever, open Applications → Aivo → Data sharing → Fields and switch on "Courses".',
  sections: 'In Clever, open Applications → Aivo → Data sharing and switch on "Sections" for the shared schools.',
  users: 'In Clever, open Applications → Aivo → Data sharing and switch on "Students" and "Teachers" for the shared schools.',
  events: 'In Clever\'s developer dashboard, open Settings → Integrations of the application and switch on "Enable events".',
  districts: "In Clever, open Applications → Aivo and accept the connection of the district.",
};

/** What people who are not rostered are called in OneRoster's words, in the order in which a role wins. */
export const roles: readonly (readonly [clever: string, oneRoster: string])[] = [
  ["teacher", "teacher"],
  ["student", "student"],
  ["district_admin", "administrator"],
  ["staff", "administrator"],
  ["contact", "guardian"],
];

/** States in which what Clever shows may be stale or partial: nothing is withdrawn then. */
export const doubtfulStates: Readonly<Record<string, string>> = {
  paused: "Clever has paused the district's sync, so its data stands still",
  pending: "Clever has not finished the district's first sync, so its data may be partial",
  error: "Clever's last sync of the district failed, so its data may be stale",
};
/** States that are no reason for doubt; so is saying nothing. */
export const trustedStates: readonly string[] = ["running", "success", ""];
