import { Badge, StateBadge } from "#components/ui/badge.tsx";
import type { RecordStatus } from "#lib/services/people/schema.ts";
import { statusLabels } from "./vocabulary.ts";

export function StatusBadge({ status }: { readonly status: RecordStatus }) {
  return status === "active" ? <Badge>{statusLabels.active}</Badge> : <StateBadge tone="neutral">{statusLabels[status]}</StateBadge>;
}

/** What a cell shows where the SIS sent nothing. */
export function Nothing() {
  return <span className="text-muted">–</span>;
}
