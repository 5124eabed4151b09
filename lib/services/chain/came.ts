import { definitionIn } from "#lib/engine/sis/words.ts";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import { matchReasonLabels } from "#lib/roster/match-reasons.ts";
import { causeNotRostered, roleTold } from "#lib/services/why/not-rostered.ts";
import { placeOf } from "#lib/services/why/sources.ts";
import { iso, type Told } from "#lib/services/why/told.ts";
import type { LatestRun } from "./latest-runs.ts";
import type { CameLink, CameRow } from "./schema.ts";

const words = { said: "The SIS says", read: "Aivo read", matched: "Matched", inAivo: "In Aivo" } as const;

/** Where a record has got to in Aivo. */
export interface Arrival {
  /** "Can sign in", "Deactivated" */
  readonly what: string;
  readonly state: CameLink["state"];
  readonly since: string | null;
}

const link = (word: string, state: CameLink["state"], what: string | null, rest: Partial<CameLink> = {}): CameLink => ({
  word,
  state,
  what,
  at: null,
  detail: null,
  since: null,
  run: null,
  ...rest,
});

/** The way of one row of a SIS to the record in Aivo. */
export function cameOf(row: Told, name: string, latest: LatestRun | undefined, arrival: Arrival): CameRow {
  return { name, links: [saidLink(row), readLink(row, latest), matchedLink(row), arrived(arrival)] };
}

/** The same of a record that no SIS has: it stands in Aivo alone. */
export function cameByHand(name: string, arrival: Arrival): CameRow {
  return {
    name,
    links: [
      link(words.said, "none", "Nothing", { detail: "no SIS knows it" }),
      link(words.read, "none", "Nothing"),
      link(words.matched, "none", "Added by hand"),
      arrived(arrival),
    ],
  };
}

const arrived = ({ what, state, since }: Arrival): CameLink => link(words.inAivo, state, what, { since });

function saidLink(row: Told): CameLink {
  if (row.integrationState === "removed") return link(words.said, "none", "Disconnected", { since: iso(row.integrationChangedAt) });
  if (row.fate === "withdrawn") return link(words.said, "none", "No longer listed", { since: iso(row.endedAt ?? row.since) });
  if (row.missingSince !== null)
    return link(words.said, "broken", "No longer listed", { since: iso(row.missingSince), detail: "in doubt" });
  const what = [roleTold(row), row.grade === null ? null : formatGrade(row.grade), row.code].filter(Boolean).join(", ");
  return link(words.said, "ok", what === "" ? "Listed" : upperFirst(what), { detail: placeOf(row) });
}

function readLink(row: Told, latest: LatestRun | undefined): CameLink {
  if (row.fate === "left-out") {
    return link(words.read, "broken", "Left out", { detail: row.reason === null ? null : definitionIn(row.provider, row.reason).title });
  }
  if (latest === undefined || row.integrationState === "removed") return link(words.read, "ok", null, { at: iso(row.runAt) });
  const isFile = /\.(csv|zip)$/i.test(row.sourcePart ?? "");
  const whole = latest.modes?.users === "bulk" ? `the whole ${isFile ? "file" : "list"}` : latest.modes === null ? null : "changes";
  return link(words.read, "ok", null, { at: latest.endedAt, run: latest.ref, detail: whole });
}

function matchedLink(row: Told): CameLink {
  if (row.outOfScopeSince !== null) return link(words.matched, "none", "Out of scope", { since: iso(row.outOfScopeSince) });
  if (row.fate === "waiting" || row.fate === "withheld") {
    const detail = row.reason === null || row.reason === "withheld" ? null : definitionIn(row.provider, row.reason).title;
    return link(words.matched, "broken", "Waits", { detail });
  }
  if (row.fate === "not-rostered") return link(words.matched, "none", "Not rostered", { detail: causeNotRostered(row.reason) });
  if (row.recordId === null || row.matchedBy === null) return link(words.matched, "none", "Not matched");
  const detail = row.matchedBy === "created" ? null : matchReasonLabels[row.matchedBy];
  return link(words.matched, "ok", `By SIS id ${row.externalId}`, { detail, since: iso(row.linkedAt) });
}

export interface Enrolled {
  /** "classes", or on a class's page "enrollments" */
  readonly noun: readonly [one: string, many: string];
  readonly now: number;
  readonly missing: number;
  /** The first cause: "class 301-108-40 is not in classes.csv" */
  readonly because: string | null;
  /** The file or list that they stand in. */
  readonly part: string | null;
  readonly latest: LatestRun | undefined;
  /** "In 6 classes" */
  readonly arrived: string;
}

/** The way of a record's enrollments; null where there are none. */
export function cameEnrollments({ noun, now, missing, because, part, latest, arrived: what }: Enrolled): CameRow | null {
  const all = now + missing;
  if (all === 0) return null;
  return {
    name: formatCount(all, ...noun),
    links: [
      link(words.said, "ok", formatCount(all, "enrollment"), { detail: part }),
      link(words.read, "ok", `${formatNumber(all)} read`, { at: latest?.endedAt ?? null }),
      link(words.matched, missing === 0 ? "ok" : "broken", `${formatNumber(now)} matched`, { detail: because }),
      link(words.inAivo, now === 0 ? "none" : "ok", what, { detail: missing === 0 ? null : `${formatNumber(missing)} missing` }),
    ],
  };
}

const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
