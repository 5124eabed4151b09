import { leftOutOf } from "#components/runs/run-words.ts";
import type { Tone } from "#components/ui/tone.ts";
import { withheldTitle } from "#components/withheld/withheld-words.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import type { IntegrationSummary } from "#lib/services/integrations/schema.ts";
import { suspendedTitle } from "./suspended-people.tsx";

export interface Standing {
  readonly tone: Tone;
  readonly text: string;
}

/** What holds of an integration in one line, worst first: red where somebody who left can still sign in, amber where somebody should act. */
export function standingInWords(one: IntegrationSummary): Standing {
  if (one.health === "syncing") return { tone: "info", text: "Syncing now" };
  if (one.suspended !== null && one.suspended.people > 0) return { tone: "bad", text: suspendedTitle(one.suspended) };
  if (one.health === "failing") return { tone: "warn", text: "The last sync failed; nothing changed" };
  if (one.heldRunId !== null) return { tone: "warn", text: "A sync waits for a review" };
  if (one.withheld !== null) return { tone: "warn", text: withheldTitle(one.withheld) };
  if (one.suspended !== null) return { tone: "warn", text: suspendedTitle(one.suspended) };
  if (one.pausedBy !== null) return { tone: "warn", text: `Paused: Sync ${one.pausedBy.undoneNumber} was taken back` };
  if (one.state === "paused") return { tone: "neutral", text: "Paused" };
  if (one.lastSuccess === null) return { tone: "neutral", text: "Never synced" };
  const leftOut = leftOutOf(one.lastSuccess);
  if (leftOut > 0) return { tone: "warn", text: `Up to date, but for ${formatCount(leftOut, "record")}` };
  return { tone: "neutral", text: "Up to date" };
}
