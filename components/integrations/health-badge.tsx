import { StateBadge } from "#components/ui/badge.tsx";
import type { Tone } from "#components/ui/tone.ts";
import type { IntegrationHealth } from "#lib/services/integrations/schema.ts";

const words: Record<IntegrationHealth, { readonly label: string; readonly tone: Tone }> = {
  healthy: { label: "Healthy", tone: "good" },
  attention: { label: "Needs attention", tone: "warn" },
  failing: { label: "Failing", tone: "bad" },
  "never-synced": { label: "Never synced", tone: "neutral" },
  paused: { label: "Paused", tone: "neutral" },
  syncing: { label: "Syncing", tone: "info" },
};

export function HealthBadge({ health }: { readonly health: IntegrationHealth }) {
  const { label, tone } = words[health];
  return (
    <StateBadge tone={tone} busy={health === "syncing"}>
      {label}
    </StateBadge>
  );
}
