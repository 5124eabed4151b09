import { StateBadge } from "#components/ui/badge.tsx";
import type { When } from "#lib/roster/when.ts";
import type { RecordStatus } from "#lib/services/people/schema.ts";
import { statusLooks, whenLooks } from "./vocabulary.ts";

export function StatusBadge({ status }: { readonly status: RecordStatus }) {
  const { tone, label } = statusLooks[status];
  return <StateBadge tone={tone}>{label}</StateBadge>;
}

/** When a classroom is; of one that is not in use, that. */
export function WhenBadge({ status, when }: { readonly status: RecordStatus; readonly when: When }) {
  if (status !== "active") return <StatusBadge status={status} />;
  const { tone, label } = whenLooks[when];
  return <StateBadge tone={tone}>{label}</StateBadge>;
}

/** An admin does not let the person sign in, who is active all the same. */
export function BarredBadge() {
  return <StateBadge tone="warn">Barred</StateBadge>;
}

/** What a cell shows where the SIS sent nothing. */
export function Nothing() {
  return <span className="text-muted">–</span>;
}
