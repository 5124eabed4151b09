import { redirect } from "next/navigation";
import { paths } from "./paths.ts";
import { getActor } from "./session.ts";

/** The front door: each to the own place. */
export default async function FrontDoor(): Promise<never> {
  const actor = await getActor();
  if (actor?.kind !== "account") redirect(paths.signIn());
  redirect(actor.role === "admin" ? paths.overview() : paths.home());
}
