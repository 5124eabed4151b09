import { StateBadge } from "#components/ui/badge.tsx";
import type { RecordStatus } from "#lib/services/people/schema.ts";
import { statusLooks } from "./vocabulary.ts";

export function StatusBadge({ status }: { readonly status: RecordStatus }) {
  const { tone, label } = statusLooks[status];
  return <StateBadge tone={tone}>{label}</StateBadge>;
}

/** What a cell shows where the SIS sent nothing. */
export function Nothing() {
  return <span className="text-muted">–</span>;
}
