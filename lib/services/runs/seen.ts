import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { definitionIn } from "#lib/engine/sis/words.ts";
import type { RunSeen } from "#lib/platform/db/schema/runs.ts";
import type { SeenSoFar } from "./schema.ts";

/** So many causes are named while a run goes; all of them stand on its page once it has ended. */
const mostCauses = 8;
const severityOrder = { error: 0, warning: 1, notice: 2 } as const;

/** What a run has met so far in words, without what is merely worth knowing. */
export function seenSoFar(provider: ProviderId, seen: RunSeen | undefined): SeenSoFar | null {
  if (seen === undefined) return null;
  const causes = Object.entries(seen.issues)
    .map(([code, byCollection]) => {
      const { title, severity } = definitionIn(provider, code);
      return { code, title, severity, count: Object.values(byCollection).reduce((sum, count) => sum + count, 0) };
    })
    .filter(({ severity, count }) => severity !== "notice" && count > 0)
    .sort((a, b) => severityOrder[a.severity] - severityOrder[b.severity] || b.count - a.count || a.code.localeCompare(b.code));
  return { causes: causes.slice(0, mostCauses), totals: seen.totals };
}
