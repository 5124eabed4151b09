import { collectionIn, definitionIn } from "#lib/engine/sis/words.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { WhyLink } from "#lib/services/why/schema.ts";
import { issueLink, placeOf } from "#lib/services/why/sources.ts";
import type { Told, ToldIssue } from "#lib/services/why/told.ts";
import type { LatestRun } from "./latest-runs.ts";
import { nearestIds } from "./nearest.ts";
import { type Other, othersOf, refOfOther } from "./others.ts";
import type { Lost } from "./schema.ts";

type Latest = ReadonlyMap<string, LatestRun>;

/** What is open about a row itself: why it could not be used, or what of it came through otherwise. */
export function lostOfRow(row: Told, latest: Latest): Lost[] {
  if (row.integrationState === "removed") return [];
  return row.issues.map((issue) => {
    const { title, rule, remedy } = definitionIn(row.provider, issue.code);
    const place = placeOf(row);
    return {
      ...about(row, issue, latest),
      key: `${row.integrationId} issue ${issue.seq}`,
      title,
      short: null,
      cause: place === null ? rule : `${place}: ${lowerFirst(rule)}`,
      remedy,
      nearest: [],
      isEnrollment: false,
      isMinor: issue.severity !== "error",
      isDecided: false,
      other: null,
    };
  });
}

/** What waits for an admin, or may be theirs, as the chain of why tells it. */
export function lostOfLink(link: WhyLink, integration: { readonly id: string; readonly name: string }, nth: number): Lost {
  return {
    key: `${link.link} ${nth}`,
    title: link.title,
    short: null,
    cause: link.says,
    remedy: link.remedy,
    nearest: [],
    isEnrollment: false,
    isMinor: false,
    isDecided: link.title === "Refused",
    integrationId: integration.id,
    integrationName: integration.name,
    since: link.at,
    isNew: false,
    more: link.more,
    other: null,
  };
}

/**
 * Enrollments that did not come through, each told by its other side: on a person's page the class, on a class's the person. `present`: the
 * records of that side that are there already.
 */
export async function lostEnrollments(
  tx: Tx,
  rows: readonly Told[],
  side: "classes" | "users",
  latest: Latest,
  present: ReadonlySet<string>,
): Promise<Lost[]> {
  const { others, issues } = await othersOf(tx, rows, side);
  const idOf = (row: Told) => (side === "classes" ? row.classExternalId : row.personExternalId);
  const unknown = rows.flatMap((row) => {
    const externalId = idOf(row);
    return externalId === null || others.has(`${row.integrationId} ${externalId}`)
      ? []
      : [{ integrationId: row.integrationId, externalId }];
  });
  const nearest = await nearestIds(tx, side, unknown, present);
  return rows.map((row) => {
    const id = idOf(row);
    const key = `${row.integrationId} ${id}`;
    const other = id === null ? undefined : others.get(key);
    const issue = issues(row, other);
    const told = reasonOf(row, other, issue, side);
    const hints = other === undefined ? (nearest.get(key) ?? []) : [];
    return {
      ...about(row, issue, latest),
      ...told,
      key: `${row.integrationId} ${row.externalId}`,
      title: other?.name ?? (id === null ? "An enrollment" : `${side === "classes" ? "Class" : "Person"} ${id}`),
      nearest: hints,
      isEnrollment: true,
      isMinor: false,
      other: id === null ? null : refOfOther(row.integrationId, id, other, side),
    };
  });
}

function reasonOf(
  row: Told,
  other: Other | undefined,
  issue: ToldIssue | null,
  side: "classes" | "users",
): Pick<Lost, "short" | "cause" | "remedy" | "isDecided"> {
  const place = placeOf(row);
  const noun = side === "classes" ? "class" : "person";
  if (row.outOfScopeSince !== null)
    return {
      short: null,
      cause: `The scope of ${row.integrationName} leaves it out.`,
      remedy: "Take it into the scope, if it should come through.",
      isDecided: true,
    };
  const names = place === null ? "The enrollment names it" : `${place} names it`;
  const code = issue?.code ?? (row.reason === "withheld" ? null : row.reason);
  const definition = code === null ? null : definitionIn(row.provider, code);
  if (other === undefined && (row.reason === "reference-class" || row.reason === "reference-user")) {
    const list = /\.(csv|zip)$/i.test(row.sourcePart ?? "") ? `${side}.csv` : `the SIS’s ${collectionIn(row.provider, side)}`;
    return {
      short: `is not in ${list}`,
      cause: `${names}; ${list} has no such ${noun}.`,
      remedy: definition?.remedy ?? null,
      isDecided: false,
    };
  }
  if (other !== undefined && other.fate !== "rostered") {
    const why = definition === null ? "" : `: ${lowerFirst(definition.title)}`;
    return {
      short: "did not come through itself",
      cause: `${names}; the ${noun} did not come through itself${why}.`,
      remedy: definition?.remedy ?? null,
      isDecided: false,
    };
  }
  const cause =
    definition === null ? "It waits with somebody of whom it is not clear who they are." : `${definition.title}. ${definition.rule}`;
  return {
    short: null,
    cause: place === null ? cause : `${place}: ${lowerFirst(cause)}`,
    remedy: definition?.remedy ?? null,
    isDecided: false,
  };
}

function about(
  row: Told,
  issue: ToldIssue | null,
  latest: Latest,
): Pick<Lost, "integrationId" | "integrationName" | "since" | "isNew" | "more"> {
  const since = issue?.since ?? null;
  const run = latest.get(row.integrationId);
  return {
    integrationId: row.integrationId,
    integrationName: row.integrationName,
    since,
    isNew: issue !== null && issue.openedNumber === run?.ref.number,
    more: issueLink(row, issue),
  };
}

const lowerFirst = (text: string) => (/^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text);
