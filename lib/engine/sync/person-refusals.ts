/** Why one person cannot be synced alone, for reasons of Aivo's own. */
import { RunFailure } from "#lib/platform/errors.ts";

const everybody = "Choose Run Sync Now on the integration's page: it reads everybody. Afterwards one person can be synced again.";

/** What the SIS says of everybody is not there, or was planned by other rules: one person would be planned beside nothing. */
export function nobodyBefore(): RunFailure {
  return new RunFailure({
    code: "configuration",
    step: "read the person",
    message:
      "No sync of everybody has been applied since this integration or Aivo was last changed, so that one person cannot be synced alone.",
    remedy: everybody,
  });
}

export function notAlone(why: string): RunFailure {
  return new RunFailure({ code: "configuration", step: "read the person", message: why, remedy: everybody });
}

/** @param why as of a DeltaDoubt */
export function onlyEverybodyTells(why: string): RunFailure {
  return new RunFailure({
    code: "read-incomplete",
    step: "match the person",
    message: `One person's records leave a doubt that only everybody's can settle: ${why}. Nothing was changed.`,
    remedy: everybody,
  });
}
