import { createHash } from "node:crypto";
import { asReadingRules, defaultReadingRules, type ReadingRules, readAs, rulesAsText } from "#lib/roster/reading-rules.ts";
import { rulesVersion } from "#lib/roster/rules-version.ts";
import { asScope, leavesOut, type Scope } from "#lib/roster/scope.ts";

/**
 * What an integration's records are planned with, beside what they say: the rules, the scope, and how records are to be read. Kept with the
 * integration by each sync that is applied; where it is another, or was taken away because others may supply now what
 * the integration did, everything is planned again from the mirror.
 */
export function plannedWith(integration: PlannedWith): string {
  const scope = asScope(integration.scope);
  const rules = asReadingRules(integration.readingRules);
  return [
    withWholeScope,
    ...(leavesOut(scope) ? [`scope ${digest(JSON.stringify(scope))}`] : []),
    ...readAsPart(rules),
    ...(rulesAsText(rules) === rulesAsText(defaultReadingRules) ? [] : [`roles ${digest(rulesAsText(rules))}`]),
  ].join(", ");
}

/** Whether what was planned with this was read otherwise than the integration's records are to be read now. */
export function wasReadOtherwise(before: string, integration: Pick<PlannedWith, "readingRules">): boolean {
  const [part] = readAsPart(asReadingRules(integration.readingRules));
  return before.split(", ").find((one) => one.startsWith("read ")) !== part;
}

interface PlannedWith {
  readonly scope: Partial<Scope> | null;
  readonly readingRules: Partial<ReadingRules>;
}

function readAsPart(rules: ReadingRules): readonly string[] {
  return readAs(rules) === readAs(defaultReadingRules) ? [] : [`read ${digest(readAs(rules))}`];
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 16);

export const withWholeScope = `rules ${rulesVersion}`;
