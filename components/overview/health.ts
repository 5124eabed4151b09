import { leftOutOf } from "#components/runs/run-words.ts";
import type { Tone } from "#components/ui/tone.ts";
import { formatCount } from "#lib/format/number.ts";
import type { IntegrationHealth, IntegrationSummary } from "#lib/integrations/schema.ts";

export interface Verdict {
  readonly tone: Tone;
  readonly title: string;
  /** The integrations that ask for something, worst first. */
  readonly asking: readonly IntegrationSummary[];
}

/** Worst first; what waits for an answer comes right after what fails. */
const order: Record<IntegrationHealth | "held", number> = {
  failing: 0,
  held: 1,
  attention: 2,
  "never-synced": 3,
  syncing: 4,
  paused: 5,
  healthy: 6,
};
const orderOf = ({ health, heldRunId }: IntegrationSummary) => Math.min(order[health], heldRunId === null ? order.healthy : order.held);
const asks: ReadonlySet<IntegrationHealth> = new Set(["failing", "attention", "never-synced"]);

/** One sentence for all integrations: the worst of them decides, and it is good only where each of them is. */
export function verdictOf(integrations: readonly IntegrationSummary[]): Verdict {
  const sorted = [...integrations].sort((a, b) => orderOf(a) - orderOf(b));
  const asking = sorted.filter((one) => one.heldRunId !== null || asks.has(one.health));
  const failing = sorted.filter((one) => one.health === "failing").length;
  const held = sorted.filter((one) => one.heldRunId !== null).length;
  const never = sorted.filter((one) => one.health === "never-synced").length;
  const leftOut = sorted.filter((one) => one.health === "attention").reduce((sum, one) => sum + leftOutOf(one.lastSuccess), 0);
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
  if (sorted.some((one) => one.health === "syncing")) return { tone: "info", title: "A sync is running", asking };
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
  if (sorted.every((one) => one.health === "paused"))
    return { tone: "warn", title: "Every integration is paused. The roster stays as it is.", asking: sorted };
  return { tone: "good", title: "The roster is current and everything came through", asking };
}
