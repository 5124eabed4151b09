import { formatDateTime, formatDay } from "#lib/platform/format/date-time.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import type { Said } from "#lib/roster/notices/words.ts";

/** notices.details of a digest: integrations, numbers and days. */
export interface Digest {
  /** Days of the district's calendar. */
  readonly from: string;
  readonly to: string;
  readonly integrations: readonly DigestedIntegration[];
  /** Errors and warnings that are open. */
  readonly openIssues: number;
  /** Titles of what is open. */
  readonly waits: readonly string[];
}

export interface DigestedIntegration {
  readonly name: string;
  readonly succeeded: number;
  readonly failed: number;
  readonly held: number;
  readonly created: number;
  readonly updated: number;
  readonly deactivated: number;
  readonly reactivated: number;
  readonly isPaused: boolean;
  /** ISO 8601 */
  readonly nextRunAt: string | null;
}

export function sayDigest(details: Readonly<Record<string, unknown>>, timezone: string): Said {
  const { from, to, integrations, openIssues, waits } = details as unknown as Digest;
  const failed = integrations.reduce((sum, one) => sum + one.failed, 0);
  const state =
    waits.length > 0 ? `${formatCount(waits.length, "thing waits", "things wait")}` : failed > 0 ? "all is well again" : "all is well";
  return {
    title: `The week of syncs, ${formatDay(from)} to ${formatDay(to)}: ${state}`,
    lines: [
      ...integrations.map((one) => lineOf(one, timezone)),
      openIssues === 0
        ? "No issues are open."
        : `${formatCount(openIssues, "issue is", "issues are")} open: records that did not come through as the SIS has them.`,
      ...(waits.length === 0 ? ["Nothing waits for anybody."] : ["What is open:", ...waits.map((title) => `• ${title}`)]),
    ],
  };
}

function lineOf(one: DigestedIntegration, timezone: string): string {
  const syncs = one.succeeded + one.failed + one.held;
  const parts = [
    syncs === 0 ? "no sync" : formatCount(syncs, "sync", "syncs"),
    ...(one.failed > 0 ? [`${one.failed} failed`] : []),
    ...(one.held > 0 ? [`${one.held} held for review`] : []),
  ];
  const changes = [
    one.created > 0 ? `${formatCount(one.created, "record")} created` : "",
    one.updated > 0 ? `${one.updated.toLocaleString("en-US")} updated` : "",
    one.deactivated > 0 ? `${one.deactivated.toLocaleString("en-US")} deactivated` : "",
    one.reactivated > 0 ? `${one.reactivated.toLocaleString("en-US")} reactivated` : "",
  ].filter(Boolean);
  const next = one.isPaused
    ? "It is paused."
    : one.nextRunAt === null
      ? "It has no schedule."
      : `The next one: ${formatDateTime(new Date(one.nextRunAt), timezone)}.`;
  return `${one.name}: ${parts.join(", ")}; ${changes.length === 0 ? "nothing changed" : changes.join(", ")}. ${next}`;
}
