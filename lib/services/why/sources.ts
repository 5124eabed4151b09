import { plannedWith } from "#lib/engine/scope/planned-with.ts";
import { definitionIn } from "#lib/engine/sis/words.ts";
import { formatPlace } from "#lib/platform/format/source-place.ts";
import { matchReasonLabels } from "#lib/roster/match-reasons.ts";
import { conflictCodes } from "#lib/services/conflicts/schema.ts";
import { roleTold, whyNotRostered } from "./not-rostered.ts";
import type { SourceChain, WhyLink, WhyTarget } from "./schema.ts";
import { type LeftOutNames, whyOut } from "./scope-words.ts";
import { shownId } from "./search.ts";
import { iso, type Told, type ToldIssue } from "./told.ts";

/** People and classes are told alike. */
export interface Subject {
  readonly collection: "users" | "classes";
  readonly noun: string;
}
export const person: Subject = { collection: "users", noun: "person" };
export const classroom: Subject = { collection: "classes", noun: "class" };

/** The chain of one row, from what the SIS said to the record in Aivo, as far as it goes. */
export function chainOf(row: Told, subject: Subject, names: LeftOutNames): SourceChain {
  const { integrationId, integrationName, externalId } = row;
  return {
    integrationId,
    integrationName,
    externalId: shownId(externalId) ?? "none",
    links: [
      saidLink(row, subject),
      readLink(row, subject),
      scopeLink(row, subject, names),
      placedLink(row, subject),
      ...otherIssues(row),
    ].filter((link) => link !== null),
  };
}

export const noLink = { remedy: null, at: null, more: null } as const;

/** "Sync 12", where it is kept. */
export function runLink({ integrationId, runId, runNumber }: Pick<Told, "integrationId" | "runId" | "runNumber">): WhyLink["more"] {
  return runNumber === null ? null : { label: `Sync ${runNumber}`, to: { kind: "run", integrationId, runId } };
}

export function placeOf({ sourcePart, sourcePosition }: Pick<Told, "sourcePart" | "sourcePosition">): string | null {
  return sourcePart === null || sourcePosition === null ? sourcePart : formatPlace(sourcePart, sourcePosition);
}

/** What the SIS calls the record: "Sam Ade, learner". */
function told(row: Told, { collection }: Subject): string {
  const name =
    collection === "users" ? [row.givenName, row.familyName].filter(Boolean).join(" ") : [row.name, row.code].filter(Boolean).join(", ");
  const role = collection === "users" ? roleTold(row) : null;
  return [name || "a record without a name", role, row.email, row.studentNumber && `number ${row.studentNumber}`]
    .filter(Boolean)
    .join(", ");
}

function saidLink(row: Told, subject: Subject): WhyLink {
  const about = { link: "said", title: "The SIS says" } as const;
  const { integrationName: sis } = row;
  if (row.integrationState === "removed")
    return {
      ...about,
      state: "breaks",
      says: `${sis} was disconnected. Nothing has been read of it since.`,
      remedy: `Connect it again, or another SIS that has this ${subject.noun}, if it should follow one.`,
      at: iso(row.integrationChangedAt),
      more: null,
    };
  if (row.fate === "withdrawn")
    return {
      ...about,
      state: "breaks",
      says: `${sis} no longer sends this ${subject.noun}.`,
      remedy: `If that is wrong, bring the ${subject.noun} back in the SIS: the next sync finds the same record again.`,
      at: iso(row.endedAt ?? row.since),
      more: runLink(row),
    };
  const place = placeOf(row);
  const says = `${sis} has ${told(row, subject)}${place === null ? "" : ` (${place})`}.`;
  if (row.missingSince !== null)
    return {
      ...about,
      state: "told",
      says: `${says} It lists the ${subject.noun} no longer, but it is in doubt whether that is meant, so that nothing was withdrawn.`,
      remedy: remedyOfMissing(row),
      at: iso(row.missingSince),
      more: runLink(row),
    };
  const paused = row.integrationState === "paused" ? ` ${sis} is paused: nothing new is read until it is resumed.` : "";
  return { ...about, state: "holds", says: says + paused, remedy: null, at: iso(row.runAt), more: runLink(row) };
}

/** What goes on although the SIS lists it no longer waits for an admin, or for a row that may be it. */
export const remedyOfMissing = ({ reason }: Told) =>
  reason === "withheld" ? "Approve or refuse it, where it is withheld." : "Give the row that may be it its id in the SIS.";

/** Null where nothing is to be read any more. */
function readLink(row: Told, { noun }: Subject): WhyLink | null {
  const about = { link: "read", title: "Aivo read" } as const;
  if (row.fate === "withdrawn") return null;
  if (row.fate === "left-out") return { ...about, ...broken(row, mainIssue(row)) };
  if (row.fate === "not-rostered") return { ...about, ...noLink, state: "breaks", ...whyNotRostered(row, noun), at: iso(row.since) };
  return { ...about, ...noLink, state: "holds", says: "The row could be read.", at: iso(row.since) };
}

/** Null where it is not asked: the row is not used. */
function scopeLink(row: Told, subject: Subject, names: LeftOutNames): WhyLink | null {
  const about = { link: "scope", title: "Scope" } as const;
  // Another scope, or other rules, and no sync since.
  const isSettled = row.plannedWith === plannedWith(row);
  const soon = isSettled ? "" : " The next sync plans everything again, by the scope as it is set now.";
  if (row.outOfScopeSince === null)
    return row.fate === "rostered" || row.fate === "waiting" || row.fate === "withheld"
      ? { ...about, ...noLink, state: "holds", says: `In the scope of ${row.integrationName}.${soon}` }
      : null;
  const rules = whyOut(row, subject.collection, names);
  const because = rules.length === 0 ? "By what its scope was when that was last told." : `Left out: ${rules.join(", ")}.`;
  return {
    ...about,
    state: "breaks",
    says: `Out of the scope of ${row.integrationName}. ${because}${
      row.recordId === null ? "" : row.rostered ? " What Aivo has is left as it was." : " What Aivo had of it was withdrawn."
    }${soon}`,
    remedy: "Take it in again: change the integration's scope, and apply it.",
    at: iso(row.outOfScopeSince),
    more: { label: "Scope", to: { kind: "scope", integrationId: row.integrationId } },
  };
}

/** Null where the row gets no further than before. */
function placedLink(row: Told, { noun }: Subject): WhyLink | null {
  const about = { link: "matched", title: "Matched" } as const;
  if (row.fate === "waiting" || row.fate === "withheld") return { ...about, ...broken(row, mainIssue(row)) };
  if (row.recordId === null || row.matchedBy === null) return null;
  const how = matchReasonLabels[row.matchedBy];
  if (row.fate !== "rostered")
    return {
      ...about,
      ...noLink,
      state: "told",
      says: `${how}, before. What Aivo has of this ${noun} stays linked to it.`,
      at: iso(row.linkedAt),
    };
  return { ...about, ...noLink, state: "holds", says: `${how}.`, at: iso(row.linkedAt) };
}

/** The issue that left the row where it is. */
function mainIssue({ reason, issues }: Told): ToldIssue | null {
  return issues.find(({ code }) => code === reason) ?? issues.find(({ severity }) => severity === "error") ?? null;
}

function broken(row: Told, issue: ToldIssue | null): Omit<WhyLink, "link" | "title"> {
  const code = issue?.code ?? row.reason;
  if (code === null || code === "withheld")
    return {
      state: "breaks",
      says: "It waits with somebody or something that waits.",
      remedy: "Look at what that waits for.",
      at: iso(row.since),
      more: null,
    };
  const { title, rule, remedy } = definitionIn(row.provider, code);
  return { state: "breaks", says: `${title}. ${rule}`, remedy, at: issue?.since ?? iso(row.since), more: issueLink(row, issue) };
}

export function issueLink(row: Pick<Told, "integrationId">, issue: ToldIssue | null): WhyLink["more"] {
  if (issue === null) return null;
  const { integrationId } = row;
  const { seq, runId, code, asksWho } = issue;
  const isConflict = asksWho && (conflictCodes as readonly string[]).includes(code);
  const to: WhyTarget = isConflict ? { kind: "conflict", integrationId, seq } : { kind: "issue", integrationId, runId, seq };
  return { label: isConflict ? "Decide who it is" : "Look at the issue", to };
}

/** What did not come through as it is, although the row did. */
function otherIssues(row: Told): WhyLink[] {
  const isStopped = row.fate === "left-out" || row.fate === "waiting" || row.fate === "withheld";
  const main = isStopped ? mainIssue(row) : null;
  return row.issues
    .filter((issue) => issue !== main)
    .map((issue) => {
      const { title, remedy } = definitionIn(row.provider, issue.code);
      return {
        link: "issue",
        title: "Not as it is",
        state: "told",
        says: `${title}.`,
        remedy,
        at: issue.since,
        more: issueLink(row, issue),
      };
    });
}
