import { createHash } from "node:crypto";
import { plannedWith, withWholeScope } from "#lib/engine/scope/planned-with.ts";
import type { Extraction } from "#lib/engine/sis/source.ts";
import { rulesVersion } from "#lib/roster/rules-version.ts";
import type { Integration } from "./run.ts";

/** Two inputs with one fingerprint give one plan with one verdict: same bytes, same rules, same limits, same scope. */
export function fingerprintOf(extraction: Extraction, integration: Integration): string | null {
  if (extraction.fingerprint === null) return null;
  const { safety } = integration;
  const now = plannedWith(integration);
  const left = now === withWholeScope ? [] : [now];
  return createHash("sha256")
    .update(JSON.stringify([rulesVersion, extraction.fingerprint, extraction.modes, safety, ...left]))
    .digest("hex");
}
