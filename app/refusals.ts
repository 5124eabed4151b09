import { log } from "#lib/platform/log.ts";
import { counter } from "#lib/platform/metrics.ts";

const refusals = counter({
  name: "aivo_refusals_total",
  help: "Requests that were refused for who asked, by the door and why",
  labelNames: ["door", "code"],
});

interface Refused {
  readonly requestId: string | null;
  readonly districtId?: string;
  /** The account or the program, by its id. */
  readonly who?: string;
  /** What it would have needed leave for. */
  readonly asked?: string;
}

/** Whoever watches the machines sees that somebody tries what is not theirs; never the address, in which there may be a name. */
export function noteRefusal(door: "portal" | "api" | "oneroster", code: string, refused: Refused): void {
  refusals.inc({ door, code });
  // Of who asks too often a number is enough: a line for each would be as many.
  if (code === "too-many-requests" || code === "server_busy") return;
  log.warn("refused", { door, code, ...refused });
}
