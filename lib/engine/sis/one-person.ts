import type { ProviderId } from "./providers.ts";

/** Why a provider's person cannot be read alone, and what to do instead; null where it can. */
export function whyNoPersonAlone(provider: ProviderId): string | null {
  return reasons[provider];
}

const reasons: Record<ProviderId, string | null> = {
  clever: null,
  classlink: null,
  "oneroster-rest": null,
  "oneroster-csv":
    "OneRoster CSV comes as files with everybody in them, so one person cannot be read alone. Have the SIS export the files again, then choose Run Sync Now.",
};
