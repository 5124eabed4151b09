import { detectors } from "#lib/roster/guard/detectors.ts";
import type { WithheldCause } from "#lib/roster/guard.ts";

/** Why something is withheld, in an admin's words. */
export function causeTitle(cause: WithheldCause): string {
  if (cause === "additions-only") return "Additions only";
  if (cause === "taken-back") return "An approval that was taken back";
  return cause === "left-out" ? "Left out of an approval" : (detectors[cause]?.title ?? cause);
}
