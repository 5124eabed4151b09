import { log } from "#lib/platform/log.ts";
import { counter } from "#lib/platform/metrics.ts";

const refusals = counter({
  name: "aivo_refusals_total",
  help: "Requests that were refused, for who asked or for what they are (door proxy), by the door and why",
  labelNames: ["door", "code"],
});

interface Refused {
  readonly requestId: string | null;
  readonly districtId?: string;
  /** The account or the program, by its id. */
  readonly who?: string;
  /** What it would have needed leave for. */
  readonly asked?: string;
  /** What kind of address was asked, by the table of doors. */
  readonly kind?: string;
}

/** Lines in a minute about one account or program at one door for one reason; whoever is not known shares them with everybody else who is not. */
export const linesAMinute = 30;
/** Of so many in a minute the lines are told apart. */
const mostTold = 1_000;
const minuteMs = 60_000;

let minute = { untilMs: 0, lines: new Map<string, number>(), leftOut: 0 };

/**
 * Whoever watches the machines sees that somebody tries what is not theirs; never the address, in which there may be a name. Every refusal is counted; the
 * log has so many lines of them that nobody can fill it, and how many it left out in the minute before.
 */
export function noteRefusal(door: "portal" | "api" | "oneroster" | "proxy", code: string, refused: Refused): void {
  refusals.inc({ door, code });
  // Of who asks too often a number is enough: a line for each would be as many.
  if (code === "too-many-requests" || code === "server_busy") return;
  const nowMs = performance.now();
  let leftOut = 0;
  if (nowMs >= minute.untilMs) {
    leftOut = minute.leftOut;
    minute = { untilMs: nowMs + minuteMs, lines: new Map(), leftOut: 0 };
  }
  const { lines } = minute;
  const own = JSON.stringify([door, code, refused.who ?? null]);
  const key = lines.has(own) || lines.size < mostTold ? own : "others";
  const line = (lines.get(key) ?? 0) + 1;
  lines.set(key, line);
  if (line > linesAMinute) minute.leftOut += 1;
  else log.warn("refused", { door, code, ...refused, ...(leftOut > 0 ? { leftOut } : {}) });
}
