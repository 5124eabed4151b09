import { formatDay } from "#lib/platform/format/date-time.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import type { When } from "#lib/roster/when.ts";
import type { Sentence } from "./schema.ts";

export interface ClassFacts {
  readonly status: "active" | "deactivated";
  readonly deactivatedBy: "sync" | "admin" | null;
  /** The admin who archived it or brought it back; null: not known. */
  readonly decidedBy: string | null;
  readonly when: When;
  readonly beginsOn: string | null;
  readonly endsOn: string | null;
  readonly learners: number;
  readonly teachers: number;
  /** Enrollments that did not come through. */
  readonly missing: number;
  readonly sis: "has" | "gone" | "kept" | "left" | "disconnected" | "out-of-scope" | "unread" | "none";
  readonly sisName: string | null;
  readonly waits: string | null;
}

/** The sentence that a class's page opens with: who is in it, and what is not as it should be. */
export function classSentence(facts: ClassFacts): Sentence {
  const { status, learners, teachers } = facts;
  if (status === "deactivated") return { text: notInUse(facts), tone: "plain", clauses: [] };
  const people = `${formatCount(learners, "learner")} and ${teachers === 0 ? "no teacher" : formatCount(teachers, "teacher")}`;
  return { text: `${inTime(facts, people)}.`, tone: "plain", clauses: classClauses(facts) };
}

function inTime({ when, beginsOn, endsOn }: ClassFacts, people: string): string {
  if (when === "ended") return `Ended${endsOn === null ? "" : ` ${formatDay(endsOn)}`}, with ${people}`;
  if (when === "upcoming") return `Begins${beginsOn === null ? " later" : ` ${formatDay(beginsOn)}`}, with ${people}`;
  return people;
}

function notInUse({ deactivatedBy, decidedBy, sis, sisName }: ClassFacts): string {
  if (deactivatedBy === "admin") return `Archived by ${decidedBy ?? "an admin"}: nobody sees it.`;
  const from = sisName ?? "the SIS";
  if (sis === "out-of-scope") return `Out of the scope of ${from}: nobody sees it.`;
  if (sis === "disconnected") return `Deactivated when ${from} was disconnected: nobody sees it.`;
  return sis === "gone" ? `No longer in ${from}: nobody sees it.` : "Deactivated by a sync: nobody sees it.";
}

function classClauses({ missing, sis, sisName, decidedBy, waits }: ClassFacts): Sentence["clauses"] {
  const ask = (text: string) => ({ text, tone: "ask" as const, at: "lost" as const });
  const plain = (text: string) => ({ text, tone: "plain" as const, at: null });
  return [
    ...(missing > 0 ? [ask(`${formatCount(missing, "enrollment")} did not come through.`)] : []),
    ...(sis === "unread" ? [ask("What the SIS says of it now did not come through; what was there before stays.")] : []),
    ...(sis === "left" ? [ask(`${sisName ?? "The SIS"} no longer lists it, and an admin is asked whether that is so.`)] : []),
    ...(waits === null || sis === "left" ? [] : [ask(`${waits} waits for an admin.`)]),
    ...(sis === "kept" ? [plain(`No SIS has it any more; ${decidedBy ?? "an admin"} keeps it.`)] : []),
    ...(sis === "gone" ? [plain(`${sisName ?? "The SIS"} no longer has it.`)] : []),
    ...(sis === "disconnected" ? [plain(`No SIS speaks for it since ${sisName ?? "it"} was disconnected.`)] : []),
    ...(sis === "out-of-scope" ? [plain(`The scope of ${sisName ?? "the integration"} leaves it out.`)] : []),
    ...(sis === "none" ? [plain("Added by hand: no SIS knows it.")] : []),
  ].slice(0, 2);
}

export interface SchoolFacts {
  readonly status: "active" | "deactivated";
  readonly learners: number;
  readonly teachers: number;
  readonly classes: number;
  readonly sis: ClassFacts["sis"];
  readonly sisName: string | null;
}

/** The same of a school. */
export function schoolSentence({ status, learners, teachers, classes, sis, sisName }: SchoolFacts): Sentence {
  const plain = (text: string) => ({ text, tone: "plain" as const, at: null });
  const people = `${formatCount(learners, "learner")} and ${formatCount(teachers, "teacher")}`;
  if (status === "deactivated") return { text: `No longer in ${sisName ?? "the SIS"}, with ${people}.`, tone: "plain", clauses: [] };
  const rooms = classes === 0 ? "no class" : formatCount(classes, "class", "classes");
  const clause = {
    disconnected: plain(`No SIS speaks for it since ${sisName ?? "it"} was disconnected.`),
    "out-of-scope": plain(`The scope of ${sisName ?? "the integration"} leaves it out.`),
    none: plain("Added by hand: no SIS knows it."),
    unread: { text: "What the SIS says of it now did not come through.", tone: "ask" as const, at: "lost" as const },
    left: { text: `${sisName ?? "The SIS"} no longer lists it.`, tone: "ask" as const, at: "lost" as const },
    gone: plain(`${sisName ?? "The SIS"} no longer has it.`),
    kept: null,
    has: null,
  }[sis];
  return { text: `${people} in ${rooms}.`, tone: "plain", clauses: clause === null ? [] : [clause] };
}
