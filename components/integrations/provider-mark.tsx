import type { ProviderId } from "#lib/engine/sis/providers.ts";

/** The sign of a way to connect, drawn by us, in the colour of the text around it. Its name always stands beside it. */
export function ProviderMark({ provider, className = "size-6" }: { readonly provider: ProviderId; readonly className?: string }) {
  return <span aria-hidden className={`provider provider-${provider} ${className}`} />;
}
