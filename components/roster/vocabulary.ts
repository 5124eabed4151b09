import type { ProviderId } from "#lib/engine/sis/providers.ts";
import type { RecordStatus } from "#lib/services/people/schema.ts";

export const statusLabels: Record<RecordStatus, string> = { active: "Active", deactivated: "Deactivated" };

export const membershipRoleLabels = { teacher: "Teacher", "co-teacher": "Co-teacher", learner: "Learner" } as const;

export const providerLabels: Record<ProviderId, string> = {
  clever: "Clever",
  classlink: "ClassLink",
  "oneroster-rest": "OneRoster API",
  "oneroster-csv": "OneRoster CSV",
};
