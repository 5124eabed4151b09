import { RunFailure } from "#lib/platform/errors.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";

/**
 * A SIS that moves to another version may give every person another id: read as a nightly sync, that would withdraw everybody.
 * @throws RunFailure `version-changed` where the version is not the one that this integration has synced by
 */
export function assertKeptVersion(kept: OneRosterVersion | null | undefined, found: OneRosterVersion, because: string): void {
  if (kept === null || kept === undefined || kept === found) return;
  throw new RunFailure({
    code: "version-changed",
    step: "read",
    message: `The SIS sends OneRoster ${found} now (${because}), and this integration has synced by OneRoster ${kept}. The ids of all people may have changed, so nothing was changed in Aivo.`,
    remedy: "Choose Change version on the integration's page: it shows who is who before anything changes.",
  });
}
