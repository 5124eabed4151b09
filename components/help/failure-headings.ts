import type { ProviderId } from "#lib/engine/sis/providers.ts";

/** Where the guide of each provider tells why a sync of it fails. */
export const failureHeadings: Readonly<Record<ProviderId, string>> = {
  clever: "how-a-read-is-proven-complete",
  classlink: "what-can-happen",
  "oneroster-rest": "how-a-read-is-proven-complete",
  "oneroster-csv": "when-a-sync-fails",
};
