import { redirect } from "next/navigation";
import { isAllowed } from "#lib/platform/access.ts";
import { paths } from "./paths.ts";
import { getActor } from "./session.ts";

/** The front door: each to the own place. */
export default async function FrontDoor(): Promise<never> {
  const actor = await getActor();
  if (actor?.kind !== "account") redirect(paths.signIn());
  redirect(isAllowed(actor, "read-syncs") ? paths.overview() : isAllowed(actor, "read-roster") ? paths.roster() : paths.home());
}
