import type { Tone } from "#components/ui/tone.ts";
import type { NextSync } from "#lib/engine/schedule/next-sync.ts";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import { type Entity, entities } from "#lib/roster/canonical.ts";
import { noTotals } from "#lib/roster/totals.ts";
import type { ChangeAction } from "#lib/services/runs/filters-schema.ts";
import type { RunDetail, RunListItem, RunPhase, RunState, RunTotals } from "#lib/services/runs/schema.ts";

/** Runs in an admin's words. */
export const stateWords: Record<RunState, { readonly label: string; readonly tone: Tone; readonly busy?: true }> = {
  queued: { label: "Queued", tone: "info", busy: true },
  running: { label: "Running", tone: "info", busy: true },
  applying: { label: "Applying", tone: "info", busy: true },
  succeeded: { label: "Succeeded", tone: "good" },
  failed: { label: "Failed", tone: "bad" },
  held: { label: "Held for review", tone: "warn" },
  previewed: { label: "Preview", tone: "info" },
  cancelled: { label: "Canceled", tone: "neutral" },
  discarded: { label: "Discarded", tone: "neutral" },
};

export const phaseWords: Record<RunPhase, string> = {
  connect: "Connect",
  read: "Read from the SIS",
  normalise: "Normalize records",
  match: "Match and plan",
  guard: "Check safety limits",
  apply: "Apply to the roster",
  report: "Write the report",
};

export const entityWords: Record<Entity, { readonly one: string; readonly many: string; readonly title: string }> = {
  school: { one: "school", many: "schools", title: "Schools" },
  term: { one: "term", many: "terms", title: "Terms" },
  course: { one: "course", many: "courses", title: "Courses" },
  classroom: { one: "classroom", many: "classrooms", title: "Classrooms" },
  teacher: { one: "teacher", many: "teachers", title: "Teachers" },
  learner: { one: "learner", many: "learners", title: "Learners" },
  membership: { one: "class membership", many: "class memberships", title: "Class memberships" },
};

export const actionWords: Record<ChangeAction, { readonly label: string; readonly tone: Tone }> = {
  created: { label: "Created", tone: "good" },
  updated: { label: "Updated", tone: "info" },
  deactivated: { label: "Deactivated", tone: "bad" },
  reactivated: { label: "Reactivated", tone: "good" },
  linked: { label: "Linked", tone: "neutral" },
  removed: { label: "Removed", tone: "bad" },
  unlinked: { label: "Unlinked", tone: "neutral" },
  "left-alone": { label: "Left alone", tone: "warn" },
};

const kindWords: Record<RunListItem["kind"], string> = { sync: "Sync", preview: "Preview", approval: "Approved sync", undo: "Undo" };

/** "Sync 41", "Sync 42 for one person": what a run is called, in its integration. */
export function nameOfRun(
  run: Pick<RunListItem, "kind" | "number"> &
    Partial<Pick<RunListItem, "forOnePerson">> & {
      readonly disconnects?: boolean;
      readonly changesVersionTo?: string | null;
    },
): string {
  if (run.disconnects && run.kind !== "preview") return `Disconnection ${run.number}`;
  const to = run.changesVersionTo ? ` of the change to OneRoster ${run.changesVersionTo}` : "";
  return `${kindWords[run.kind]} ${run.number}${run.forOnePerson ? " for one person" : to}`;
}

/** What the first page of a run is called beside its lists. */
export const tabOfRun: Record<RunListItem["kind"], string> = {
  sync: "This sync",
  preview: "This preview",
  approval: "This sync",
  undo: "This undo",
};

const triggerWords: Record<RunListItem["trigger"], string> = {
  manual: "Manual",
  schedule: "Schedule",
  "command-line": "Command line",
  api: "API",
};

export function triggeredBy(run: Pick<RunListItem, "trigger" | "requestedByName">): string {
  return run.requestedByName ?? triggerWords[run.trigger];
}

/** What happens after a sync where no other one is scheduled. */
export const nothingNext: Record<Extract<NextSync, { none: string }>["none"], string> = {
  manual: "Nothing by itself: this integration has no schedule. Run the sync again when you are ready.",
  paused: "Nothing: the integration is paused. Resume it, then run the sync again.",
  removed: "Nothing: the integration was removed.",
};

export function isActive(state: RunState): boolean {
  return state === "queued" || state === "running" || state === "applying";
}

/** How many seconds a run took, or has taken so far. */
export function secondsOf(run: Pick<RunListItem, "startedAt" | "finishedAt">): number | null {
  return run.startedAt === null || run.finishedAt === null ? null : (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000;
}

export type Sums = Record<keyof Required<RunTotals[Entity]>, number>;

export function sumsOf(totals: RunTotals): Sums {
  const sums: Sums = { ...noTotals, removed: 0, unlinked: 0, leftAlone: 0 };
  for (const entity of entities) for (const key of Object.keys(sums) as (keyof Sums)[]) sums[key] += totals[entity]?.[key] ?? 0;
  return sums;
}

/** How many records a run left out. */
export function leftOutOf(run: Pick<RunListItem, "totals"> | null): number {
  return run?.totals ? sumsOf(run.totals).skipped : 0;
}

/** How many records an undo left alone. */
export function leftAloneOf(run: Pick<RunListItem, "totals">): number {
  return run.totals ? sumsOf(run.totals).leftAlone : 0;
}

/** "12 created, 3 updated, 1 deactivated"; "Nothing changed" when there is nothing to say. */
export function changedInWords(run: Pick<RunListItem, "totals" | "changeCount">): string {
  if (run.totals === null) return "";
  const sums = { ...sumsOf(run.totals), linked: linkedOf(run) };
  const parts = (["created", "removed", "updated", "deactivated", "reactivated", "linked", "unlinked", "leftAlone"] as const)
    .filter((key) => sums[key] > 0)
    .map((key) => `${formatNumber(sums[key])} ${key === "leftAlone" ? "left alone" : key}`);
  return parts.length === 0 ? "Nothing changed" : parts.join(", ");
}

/** "4 arrived, 2 left, 5 changed": a run in people, of whom `changed` neither arrived nor left with it. */
export function peopleWords({ totals }: Pick<RunListItem, "totals">, changed: number): string {
  const sum = (...keys: readonly ("created" | "reactivated" | "deactivated" | "removed")[]) =>
    (["learner", "teacher"] as const).reduce((all, role) => all + keys.reduce((some, key) => some + (totals?.[role][key] ?? 0), 0), 0);
  const counts = [
    { count: sum("created", "reactivated"), word: "arrived" },
    { count: sum("deactivated", "removed"), word: "left" },
    { count: changed, word: "changed" },
  ].filter(({ count }) => count > 0);
  return counts.length === 0
    ? "Nobody: classes, terms or schools"
    : counts.map(({ count, word }) => `${formatNumber(count)} ${word}`).join(", ");
}

/** How many records a run found in Aivo already and linked to the SIS, without changing a value; earlier versions did not count them. */
export function linkedOf({ totals, changeCount }: Pick<RunListItem, "totals" | "changeCount">): number {
  return totals === null ? 0 : sumsOf(totals).linked || Math.max(0, changeCount - changed(totals));
}

/** What happened, in a sentence or two: the first thing that a run's page says. */
export function headlineOf(run: RunDetail): string {
  if (run.kind === "undo") return undoHeadlineOf(run);
  if (run.disconnects) return disconnectHeadlineOf(run);
  const verdict = headlines[run.state](run);
  if (run.state === "failed") return verdict;
  const skipped = leftOutOf(run);
  return [
    verdict,
    ...(withholds(run)
      ? [`${formatCount(run.withheldCount, "record waits", "records wait")} for a decision${isPlanOnly(run) ? " then" : ""}.`]
      : []),
    ...(skipped > 0 ? [`${formatCount(skipped, "record was", "records were")} left out; Issues says why.`] : []),
  ].join(" ");
}

/** Whether something waited after it. A plan that waits as a whole withholds nothing by itself. */
function withholds({ state, withheldCount }: Pick<RunDetail, "state" | "withheldCount">): boolean {
  return withheldCount > 0 && (state === "succeeded" || state === "previewed");
}

const isPlanOnly = ({ state }: Pick<RunDetail, "state">) => state === "previewed";

function undoHeadlineOf(run: RunDetail): string {
  const of = run.undoOf === null ? "the sync" : nameOfRun(run.undoOf);
  switch (run.state) {
    case "queued":
      return `Waiting for a worker to take back ${of}. You can close this page; it goes on without it.`;
    case "running":
    case "applying":
      return `Taking back ${of}, all of it or none.`;
    case "succeeded": {
      const done = run.totals === null ? "" : undoneInWords(run.totals);
      return `${of} was taken back${done === "" ? "" : `: ${done}`}.`;
    }
    case "cancelled":
      return "Canceled before anything was changed.";
    default:
      return "The undo failed and nothing was changed.";
  }
}

function disconnectHeadlineOf(run: RunDetail): string {
  const what = run.totals === null ? "" : changedInWords(run);
  switch (run.state) {
    case "queued":
      return "Waiting for a worker. You can close this page; it goes on without it.";
    case "running":
    case "applying":
      return "Working out what the integration alone has; nothing is asked of the SIS.";
    case "previewed":
      return run.changeCount === 0
        ? "Nothing would be deactivated: everything this integration has, another one has too, or is deactivated already."
        : `Disconnecting now would come to ${what}, and leave the rest as it is. Nothing has changed yet.`;
    case "succeeded":
      return `The integration is disconnected: ${what}.`;
    case "cancelled":
    case "discarded":
      return "Not disconnected: nothing was changed.";
    default:
      return "The integration was not disconnected and nothing was changed.";
  }
}

/** "removed 12 learners; updated 1 teacher": what an undo does. */
export function undoneInWords(totals: RunTotals): string {
  return sentence(totals, {
    removed: "removed",
    updated: "brought back the values of",
    reactivated: "reactivated",
    deactivated: "deactivated",
    unlinked: "unlinked",
    leftAlone: "left alone",
  });
}

const headlines: Record<RunState, (run: RunDetail) => string> = {
  queued: () => "Waiting for a worker to take it. You can close this page; the sync goes on without it.",
  running: () => "Reading from the SIS and planning. Nothing has changed in Aivo yet; you can close this page.",
  applying: () => "Writing the plan to the roster, all of it or none.",
  succeeded: (run) => {
    if (run.kind !== "approval" && run.sameAsRunId !== null)
      return "The input was identical to the last sync, byte for byte, so nothing was written to the roster.";
    if (run.totals === null || changed(run.totals) === 0)
      return linkedOf(run) > 0
        ? `${formatCount(linkedOf(run), "record was", "records were")} linked to the SIS; no value changed.`
        : withholds(run)
          ? "Nothing else was changed."
          : run.forOnePerson
            ? "Aivo already has what the SIS says of this person, so nothing was changed."
            : "Aivo already had everything that the SIS has, so nothing was changed.";
    return `${capital(sentence(run.totals, { created: "created", updated: "updated", deactivated: "deactivated", reactivated: "reactivated", linked: "linked" }))}.`;
  },
  failed: () => "The sync failed and nothing was changed.",
  held: (run) =>
    `${run.findings.some(({ detector }) => detector === "rollover") ? "This looks like the new school year" : "This plan goes past a safety limit"}, so it waits for you and nothing has changed. It would ${planned(run)}.`,
  previewed: (run) => {
    if (run.totals !== null && changed(run.totals) > 0) return `A sync now would ${planned(run)}. Nothing has changed yet.`;
    return linkedOf(run) > 0
      ? `A sync now would link ${formatCount(linkedOf(run), "record")} that Aivo has already to the SIS; no value would change.`
      : "A sync now would change nothing.";
  },
  cancelled: () => "Canceled before anything was changed.",
  discarded: () => "The plan was refused, or overtaken by a later sync. Nothing of it was applied.",
};

function changed(totals: RunTotals): number {
  const { created, updated, deactivated, reactivated, removed, unlinked } = sumsOf(totals);
  return created + updated + deactivated + reactivated + removed + unlinked;
}

const planned = (run: RunDetail) =>
  run.totals === null
    ? "change nothing"
    : sentence(run.totals, { created: "create", updated: "update", deactivated: "deactivate", reactivated: "reactivate", linked: "link" });

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** "created 12 learners and 3 classrooms; updated 1 teacher": entities people ask about by name, the rest by number. */
function sentence(totals: RunTotals, verbs: Partial<Record<keyof Sums, string>>): string {
  const parts = (Object.keys(verbs) as (keyof Sums)[]).flatMap((action) => {
    const of = (entity: Entity) => totals[entity][action] ?? 0;
    const named = entities
      .filter((entity) => of(entity) > 0)
      .map((entity) => formatCount(of(entity), entityWords[entity].one, entityWords[entity].many));
    if (named.length === 0) return [];
    const total = entities.reduce((sum, entity) => sum + of(entity), 0);
    return [`${verbs[action]} ${named.length > 3 ? formatCount(total, "record") : listed(named)}`];
  });
  return parts.join("; ");
}

export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
