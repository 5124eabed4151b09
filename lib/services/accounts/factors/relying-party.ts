import type { Env } from "#lib/platform/env.ts";

/** Whom a passkey answers: Aivo at its public address, and nobody who looks like it. The one place that says so. */
export function relyingParty({ publicUrl }: Pick<Env, "publicUrl">): {
  readonly id: string;
  readonly origin: string;
  readonly name: string;
} {
  const url = new URL(publicUrl);
  return { id: url.hostname, origin: url.origin, name: "Aivo" };
}
