import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { Sentence } from "./schema.ts";

export interface PersonFacts {
  /** What they are called by: the first name, where there is one. */
  readonly name: string;
  readonly role: "teacher" | "learner";
  readonly status: "active" | "deactivated";
  readonly deactivatedBy: "sync" | "admin" | null;
  /** The admin who deactivated or barred them; null: not known. */
  readonly decidedBy: string | null;
  readonly isBarred: boolean;
  readonly email: "own" | "none" | "shared";
  /**
   * What the SISs say of them now. `left`: no longer listed, and nobody has decided what becomes of that; `kept`: no longer there, and an
   * admin keeps them; `disconnected`: whoever had them was disconnected; `unread`: the row is there and cannot be used.
   */
  readonly sis: "has" | "left" | "gone" | "kept" | "disconnected" | "out-of-scope" | "unread" | "none";
  /** The integration that decides, or decided. */
  readonly sisName: string | null;
  readonly classes: { readonly now: number; readonly upcoming: number; readonly missing: number };
  /** Why the one that is missing is: "is not in classes.csv". */
  readonly missingBecause: string | null;
  /** A change of the SIS that waits for an admin, in words: "Another grade". */
  readonly waits: string | null;
  /** Labels of fields that an admin edited. */
  readonly edited: readonly string[];
}

/** The sentence that a person's page opens with: whether they can sign in, their classes, and what is not as it should be, worst first. */
export function personSentence(facts: PersonFacts): Sentence {
  if (facts.status === "deactivated") return { text: deactivated(facts), tone: "plain", clauses: afterDeactivation(facts) };
  const isLeft = facts.sis === "left";
  const mayEnter = !facts.isBarred && facts.email === "own";
  const text = isLeft
    ? `${facts.name} left ${facts.sisName ?? "the SIS"} ${mayEnter ? "but can still sign in" : "and is still active"}.`
    : `${facts.name} ${signIn(facts)} and ${classes(facts)}.`;
  return {
    text,
    tone: isLeft && mayEnter ? "harm" : "plain",
    clauses: [missing(facts), unread(facts), waits(facts), ofSis(facts), edited(facts)].filter((one) => one !== null).slice(0, 2),
  };
}

function signIn({ isBarred, decidedBy, email }: PersonFacts): string {
  if (isBarred) return `cannot sign in, barred by ${decidedBy ?? "an admin"},`;
  if (email === "none") return "cannot sign in without an email address";
  if (email === "shared") return "cannot sign in with a shared email address";
  return "can sign in";
}

function classes({ role, classes: { now, upcoming, missing: lost } }: PersonFacts): string {
  const verb = role === "teacher" ? "teaches" : "is in";
  if (lost > 0) return `${verb} ${formatNumber(now)} of ${formatCount(now + lost, "class", "classes")}`;
  if (now > 0) return `${verb} ${formatCount(now, "class", "classes")}`;
  if (upcoming === 0) return `${verb} no class`;
  return `${verb} no class yet: ${formatNumber(upcoming)} ${upcoming === 1 ? "is" : "are"} upcoming`;
}

type Clause = Sentence["clauses"][number] | null;

function missing({ classes: { now, missing: lost }, missingBecause }: PersonFacts): Clause {
  if (lost === 0) return null;
  const which = lost > 1 ? `${formatNumber(lost)} did` : now === 0 ? "It did" : `The ${ordinal(now + 1)} did`;
  const text =
    lost === 1 && missingBecause !== null
      ? `${now === 0 ? "It" : `The ${ordinal(now + 1)}`} ${missingBecause}.`
      : `${which} not come through.`;
  return { text, tone: "ask", at: "lost" };
}

function unread({ sis }: PersonFacts): Clause {
  if (sis !== "unread") return null;
  return { text: "What the SIS says now did not come through; what was there before stays.", tone: "ask", at: "lost" };
}

function waits({ sis, waits: what }: PersonFacts): Clause {
  if (sis === "left") return { text: "An admin is asked whether that is so.", tone: "ask", at: "lost" };
  return what === null ? null : { text: `${what} waits for an admin.`, tone: "ask", at: "lost" };
}

function ofSis({ name, sis, sisName, decidedBy }: PersonFacts): Clause {
  const plain = (text: string): Clause => ({ text, tone: "plain", at: null });
  switch (sis) {
    case "kept":
      return plain(`No SIS has ${name} any more; ${decidedBy ?? "an admin"} keeps the account.`);
    case "gone":
      return plain(`${sisName ?? "The SIS"} no longer has ${name}.`);
    case "disconnected":
      return plain(`No SIS speaks for ${name} since ${sisName ?? "it"} was disconnected.`);
    case "out-of-scope":
      return plain(`The scope of ${sisName ?? "the integration"} leaves ${name} out.`);
    case "none":
      return plain(`Added by hand: no SIS knows ${name}.`);
    default:
      return null;
  }
}

function edited({ edited: labels }: PersonFacts): Clause {
  if (labels.length === 0) return null;
  const [first = "", ...rest] = labels.map((label, at) => (at === 0 ? label : lowerFirst(label)));
  const text =
    rest.length === 0
      ? `${first} is edited.`
      : rest.length < 3
        ? `${[first, ...rest.slice(0, -1)].join(", ")} and ${rest.at(-1)} are edited.`
        : `${formatNumber(labels.length)} values are edited.`;
  return { text, tone: "plain", at: "values" };
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

function deactivated({ name, deactivatedBy, decidedBy, sis, sisName }: PersonFacts): string {
  if (deactivatedBy === "admin") return `${name} was deactivated by ${decidedBy ?? "an admin"} and cannot sign in.`;
  const from = sisName ?? "the SIS";
  if (sis === "out-of-scope") return `${name} is out of the scope of ${from} and cannot sign in.`;
  if (sis === "disconnected") return `${name} was deactivated when ${from} was disconnected, and cannot sign in.`;
  return sis === "gone" ? `${name} left ${from} and cannot sign in.` : `${name} was deactivated by a sync and cannot sign in.`;
}

function afterDeactivation({ name, deactivatedBy, sis, sisName }: PersonFacts): Sentence["clauses"] {
  if (deactivatedBy !== "admin" || sis === "none") return [];
  const text = sis === "has" ? `${sisName ?? "The SIS"} still has ${name}.` : `No SIS has ${name} any more.`;
  return [{ text, tone: "plain", at: null }];
}

/** "7th", "22nd" */
export function ordinal(value: number): string {
  const rule = new Intl.PluralRules("en-US", { type: "ordinal" }).select(value);
  return `${formatNumber(value)}${{ one: "st", two: "nd", few: "rd", other: "th", zero: "th", many: "th" }[rule]}`;
}
