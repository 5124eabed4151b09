import { StateBadge } from "#components/ui/badge.tsx";
import type { RunListItem, RunState } from "#lib/services/runs/schema.ts";
import { stateWords } from "./run-words.ts";

export function RunStateBadge({ state, kind }: { readonly state: RunState; readonly kind?: RunListItem["kind"] }) {
  const { label, tone, busy = false } = stateWords[state];
  return (
    <StateBadge tone={tone} busy={busy}>
      {state === "succeeded" && kind === "approval" ? "Approved and applied" : state === "succeeded" && kind === "undo" ? "Done" : label}
    </StateBadge>
  );
}
