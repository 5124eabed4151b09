import { type IncidentKind, incidentRules } from "./kinds.ts";

/** What is said of an incident, about integrations, numbers and days; no person is named. */
export interface Said {
  /** Also the subject of an email. */
  readonly title: string;
  readonly lines: readonly string[];
}

export interface Facts {
  /** The integration's name; null: it is about the whole district. */
  readonly integration: string | null;
  /** incidents.details */
  readonly details: Readonly<Record<string, unknown>>;
  /** When it opened, in words. */
  readonly openedAt: string;
  /** How it ended; null while it is open. */
  readonly because: string | null;
}

export function sayOpened(kind: IncidentKind, facts: Facts): Said {
  return opened[kind](nameOf(facts), reader(facts.details), facts);
}

export function sayOver(kind: IncidentKind, facts: Facts): Said {
  const { title, lines } = over[kind](nameOf(facts), facts);
  return { title, lines: [...lines, `It had been so since ${facts.openedAt}.`] };
}

const nameOf = ({ integration }: Facts) => integration ?? "All integrations";

type Read = ReturnType<typeof reader>;

function reader(details: Facts["details"]) {
  return {
    text: (name: string) => (typeof details[name] === "string" ? details[name] : ""),
    number: (name: string) => (typeof details[name] === "number" ? details[name] : 0),
  };
}

const once = "You get one message about this, and another one when it is over.";

function failure(of: Read): string[] {
  return [of.text("message"), ...(of.text("remedy") === "" ? [] : [`What to do: ${of.text("remedy")}`])];
}

const opened: Record<IncidentKind, (name: string, of: Read, facts: Facts) => Said> = {
  failed: (name, of) => ({ title: `${name}: a sync failed`, lines: [...failure(of), "The roster is as it was before.", once] }),
  "authorization-ended": (name, of) => ({
    title: `${name}: the SIS does not let Aivo in any more`,
    lines: [...failure(of), "Nobody was deactivated.", once],
  }),
  "access-ending": (name, of) => ({
    title: `${name}: the SIS is about to stop sharing`,
    lines: [
      `Clever says that it pauses the district from ${of.text("from")}${of.text("until") === "" ? "" : ` until ${of.text("until")}`}.`,
      "Nobody is withdrawn while it is paused; what changes in the SIS meanwhile does not come through.",
      "If that is not as planned, change the dates in Clever, under the settings of the sync.",
    ],
  }),
  held: (name, of) => ({
    title: `${name}: a sync waits for your review`,
    lines: [
      `It would make ${counted(of.number("changes"), "change")}, of which ${counted(of.number("deactivated"), "is a deactivation", "are deactivations")}: more than the safety limits allow.`,
      "Nothing has changed. Look at its plan, then approve or discard it.",
      once,
    ],
  }),
  withheld: (name, of) => ({
    title: `${name}: ${counted(of.number("records"), "record waits", "records wait")} for your decision`,
    lines: [
      "The SIS says that they leave or change, beyond what the safety limits let through. Everything else of the sync was applied.",
      "Until you approve or refuse them they stay as they were: who would leave can still sign in.",
      once,
    ],
  }),
  suspended: (name, of) => ({
    title: `${name}: withdrawals are suspended`,
    lines: [
      `The SIS no longer lists ${counted(of.number("people"), "person", "people")} and ${counted(of.number("others"), "other record")}, and sends rows without an id that may be theirs. They go on as they were, and people among them can still sign in.`,
      "The issues of the sync name the rows. Once they have their ids, the next sync settles it.",
      once,
    ],
  }),
  slowed: (name, of) => ({
    title: `${name}: the schedule has slowed down`,
    lines: [
      `${counted(of.number("failures"), "scheduled sync", "scheduled syncs")} in a row failed, so Aivo tries less often until one gets through.`,
      ...(of.text("next") === "" ? [] : [`The next try is on ${of.text("next")}.`]),
      "Run Sync Now works as ever. A sync that gets through brings the schedule back.",
    ],
  }),
  blackout: (name, of) => ({
    title: `${name}: no scheduled syncs from ${of.text("from")} to ${of.text("to")}`,
    lines: [
      ...(of.text("note") === "" ? [] : [of.text("note")]),
      "A sync that somebody runs by hand asks first. Afterwards the schedule goes on by itself.",
    ],
  }),
  "sign-in-spray": (_name, of) => ({
    title: "Passwords are tried on many accounts",
    lines: [
      (sprayLines[of.text("pattern")] ?? sprayLines.accounts ?? "").replace("{n}", String(of.number("atLeast"))),
      "Aivo slows it down, and you need do nothing at once. What helps is a second factor for all admins, and passwords that are used nowhere else.",
      "Refused sign-ins of your accounts stand in the audit log, under Sign-in refused. If one of them was let in afterwards and should not have been, end their sessions and send a new link.",
      once,
    ],
  }),
};

const sprayLines: Readonly<Record<string, string>> = {
  accounts: "Within a quarter of an hour, wrong passwords came for {n} and more different accounts from one place.",
  unknown: "Within a quarter of an hour, {n} and more email addresses that nobody here has were tried from one place.",
  password: "Within a quarter of an hour, alike passwords were tried on {n} and more different accounts.",
};

const over: Record<IncidentKind, (name: string, facts: Facts) => Said> = {
  failed: (name, { because }) => ({
    title: `${name}: syncs get through again`,
    lines: [because === "held" ? "The SIS was read. The plan waits for a review, which is another message." : "A sync succeeded."],
  }),
  "authorization-ended": (name) => ({ title: `${name}: the SIS lets Aivo in again`, lines: ["A sync has read it."] }),
  "access-ending": (name) => ({ title: `${name}: the SIS goes on sharing`, lines: [] }),
  held: (name, { because }) => ({
    title: `${name}: no sync waits for a review any more`,
    lines: [heldBecause[because ?? ""] ?? "It was decided."],
  }),
  withheld: (name) => ({
    title: `${name}: nothing waits for your decision any more`,
    lines: ["All of it was decided, or the SIS says it no longer."],
  }),
  suspended: (name) => ({
    title: `${name}: withdrawals are not suspended any more`,
    lines: ["Whoever was missing is listed again, or has been withdrawn."],
  }),
  slowed: (name) => ({ title: `${name}: the schedule is back at its own times`, lines: [] }),
  blackout: (name) => ({ title: `${name}: scheduled syncs go on`, lines: [] }),
  "sign-in-spray": () => ({ title: "Passwords are no longer tried on many accounts", lines: ["For an hour there was no more of it."] }),
};

const heldBecause: Readonly<Record<string, string>> = {
  approved: "Its plan was approved and applied.",
  discarded: "Its plan was discarded.",
  expired: "Nobody had decided in time, so its plan was dropped. Nothing was changed.",
  overtaken: "A later sync went through without needing a review.",
};

/** How the list of kinds calls it; for those of a later version, its name. */
export function labelOfKind(kind: string): string {
  return Object.hasOwn(incidentRules, kind) ? incidentRules[kind as IncidentKind].label : kind;
}

function counted(value: number, one: string, many = `${one}s`): string {
  return `${value.toLocaleString("en-US")} ${value === 1 ? one : many}`;
}
