import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { AboutLink } from "./about-link.tsx";
import { failureHeadings } from "./failure-headings.ts";

/** From a sync that failed to what its provider's guide says of it. */
export function FailureHelp({ provider }: { readonly provider: ProviderId }) {
  return (
    <AboutLink page={`providers/${provider}`} anchor={failureHeadings[provider]}>
      How to fix this
    </AboutLink>
  );
}
