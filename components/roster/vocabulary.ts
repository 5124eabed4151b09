import type { Tone } from "#components/ui/tone.ts";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import type { RecordStatus } from "#lib/services/people/schema.ts";

export const statusLooks: Record<RecordStatus, { readonly tone: Tone; readonly label: string }> = {
  active: { tone: "good", label: "Active" },
  deactivated: { tone: "neutral", label: "Deactivated" },
};

export const membershipRoleLabels = { teacher: "Teacher", "co-teacher": "Co-teacher", learner: "Learner" } as const;

export const providerLabels: Record<ProviderId, string> = {
  clever: "Clever",
  classlink: "ClassLink",
  "oneroster-rest": "OneRoster API",
  "oneroster-csv": "OneRoster CSV",
};
