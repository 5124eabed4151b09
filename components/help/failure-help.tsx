import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { AboutLink } from "./about-link.tsx";

/** Where the guide of each provider tells why a sync of it fails. */
const headings: Readonly<Record<ProviderId, string>> = {
  clever: "how-a-read-is-proven-complete",
  classlink: "what-can-happen",
  "oneroster-rest": "how-a-read-is-proven-complete",
  "oneroster-csv": "when-a-sync-fails",
};

/** From a sync that failed to what its provider's guide says of it. */
export function FailureHelp({ provider }: { readonly provider: ProviderId }) {
  return (
    <AboutLink page={`providers/${provider}`} anchor={headings[provider]}>
      How to fix this
    </AboutLink>
  );
}
