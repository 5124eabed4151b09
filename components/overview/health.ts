import { suspendedTitle } from "#components/integrations/suspended-people.tsx";
import { leftOutOf } from "#components/runs/run-words.ts";
import type { Tone } from "#components/ui/tone.ts";
import { withheldTitle } from "#components/withheld/withheld-words.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import type { IntegrationHealth, IntegrationSummary, Suspended } from "#lib/services/integrations/schema.ts";

/** Worst first; what waits for an answer comes right after what fails. */
const needs = ["failing", "held", "withheld", "suspended", "undone", "attention", "never-synced", "paused"] as const;

/** One thing that an integration asks for. One that fails while a plan of it waits asks for two, each with its own way on. */
export interface Asking {
  readonly one: IntegrationSummary;
  readonly need: (typeof needs)[number];
}

export interface Verdict {
  readonly tone: Tone;
  readonly title: string;
  /** What the integrations ask for, worst first. */
  readonly asking: readonly Asking[];
}

function needsOf(one: IntegrationSummary): readonly Asking[] {
  const own: Record<IntegrationHealth, Asking["need"] | null> = {
    failing: "failing",
    // With a plan that waits, or what goes on although it is gone, that is what asks for attention.
    attention:
      one.heldRunId === null && ((one.suspended === null && one.withheld === null) || leftOutOf(one.lastSuccess) > 0) ? "attention" : null,
    "never-synced": "never-synced",
    syncing: null,
    paused: null,
    healthy: null,
  };
  const need = own[one.health];
  return [
    ...(need === null ? [] : [{ one, need }]),
    ...(one.heldRunId === null ? [] : [{ one, need: "held" as const }]),
    ...(one.withheld === null ? [] : [{ one, need: "withheld" as const }]),
    ...(one.suspended === null ? [] : [{ one, need: "suspended" as const }]),
    ...(one.pausedBy === null ? [] : [{ one, need: "undone" as const }]),
  ];
}

function sumOf(suspended: readonly Suspended[]): Omit<Suspended, "named" | "runId"> {
  const sum = (count: (one: Suspended) => number) => suspended.reduce((total, one) => total + count(one), 0);
  return {
    people: sum((one) => one.people),
    classrooms: sum((one) => one.classrooms),
    memberships: sum((one) => one.memberships),
    others: sum((one) => one.others),
  };
}

/** One sentence for all integrations: the worst of them decides, and it is good only where each of them is. */
export function verdictOf(integrations: readonly IntegrationSummary[]): Verdict {
  const asking = integrations.flatMap(needsOf).sort((a, b) => needs.indexOf(a.need) - needs.indexOf(b.need));
  const failing = asking.filter(({ need }) => need === "failing").length;
  const held = asking.filter(({ need }) => need === "held").length;
  const never = asking.filter(({ need }) => need === "never-synced").length;
  const leftOut = integrations.filter((one) => one.health === "attention").reduce((sum, one) => sum + leftOutOf(one.lastSuccess), 0);
  if (failing > 0)
    return {
      tone: "bad",
      title:
        failing === 1
          ? "The last sync failed. The roster is as it was before."
          : `${formatCount(failing, "integration")} failed to sync. The roster is as it was before.`,
      asking,
    };
  if (held > 0)
    return {
      tone: "warn",
      title: held === 1 ? "A sync waits for your review" : `${formatCount(held, "sync", "syncs")} wait for your review`,
      asking,
    };
  const withheld = integrations.flatMap((one) => one.withheld ?? []);
  if (withheld.length > 0)
    return { tone: "warn", title: withheldTitle({ count: withheld.reduce((sum, { count }) => sum + count, 0) }), asking };
  const suspended = integrations.flatMap((one) => one.suspended ?? []);
  if (suspended.length > 0) return { tone: "warn", title: suspendedTitle(sumOf(suspended)), asking };
  const undone = integrations.flatMap((one) => one.pausedBy ?? []);
  if (undone.length > 0)
    return {
      tone: "warn",
      title:
        undone.length === 1
          ? "A sync was taken back, and its integration is paused until somebody resumes it"
          : `${formatCount(undone.length, "integration")} are paused, since their last syncs were taken back`,
      asking,
    };
  if (integrations.some((one) => one.health === "syncing")) return { tone: "info", title: "A sync is running", asking };
  if (leftOut > 0)
    return {
      tone: "warn",
      title: `The roster is current, but for ${formatCount(leftOut, "record")} that did not come through`,
      asking,
    };
  if (never > 0)
    return {
      tone: "neutral",
      title: never === 1 ? "An integration has not synced yet" : `${formatCount(never, "integration")} have not synced yet`,
      asking,
    };
  if (integrations.every((one) => one.health === "paused"))
    return {
      tone: "warn",
      title: "Every integration is paused. The roster stays as it is.",
      asking: integrations.map((one) => ({ one, need: "paused" })),
    };
  return { tone: "good", title: "The roster is current and everything came through", asking };
}
