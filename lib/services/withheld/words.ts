import { detectors } from "#lib/roster/guard/detectors.ts";
import type { WithheldCause } from "#lib/roster/guard.ts";

/** Why something is withheld, in an admin's words. */
export function causeTitle(cause: WithheldCause): string {
  return cause === "additions-only" ? "Additions only" : (detectors[cause]?.title ?? cause);
}
