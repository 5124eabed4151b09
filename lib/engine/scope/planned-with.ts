import { createHash } from "node:crypto";
import { rulesVersion } from "#lib/roster/rules-version.ts";
import { asScope, leavesOut, type Scope } from "#lib/roster/scope.ts";

/**
 * What an integration's records are planned with, beside what they say: the rules and the scope. Kept with the
 * integration by each sync that is applied; where it is another, or was taken away because others may supply now what
 * the integration did, everything is planned again from the mirror.
 */
export function plannedWith(stored: Partial<Scope> | null): string {
  const scope = asScope(stored);
  if (!leavesOut(scope)) return withWholeScope;
  const hash = createHash("sha256").update(JSON.stringify(scope)).digest("hex").slice(0, 16);
  return `${withWholeScope}, scope ${hash}`;
}

export const withWholeScope = `rules ${rulesVersion}`;
