import type { Env } from "#lib/platform/env.ts";

/** The page that a message is about (app/paths.ts; both are compared by a test). */
export function pageOf(
  { publicUrl }: Pick<Env, "publicUrl">,
  { integrationId, runId }: { readonly integrationId: string | null; readonly runId: string | null },
): string {
  const integration = integrationId === null ? "/overview" : `/integrations/${integrationId}`;
  return new URL(integrationId !== null && runId !== null ? `${integration}/runs/${runId}` : integration, publicUrl).href;
}

/** Where whoever has a link chooses a password. Browsers send to nobody what stands after `#`, so that the token is in no log on the way. */
export function choosePasswordPage({ publicUrl }: Pick<Env, "publicUrl">, token: string): string {
  return new URL(`/choose-password#${token}`, publicUrl).href;
}

/** Where an admin chooses what to be told. */
export function choicesPage({ publicUrl }: Pick<Env, "publicUrl">): string {
  return new URL("/settings/notifications", publicUrl).href;
}

/** Where an admin changes how they sign in. */
export function signInPage({ publicUrl }: Pick<Env, "publicUrl">): string {
  return new URL("/settings/password", publicUrl).href;
}
