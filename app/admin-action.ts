import { revalidatePath } from "next/cache";
import type { DistrictScope } from "#lib/platform/access.ts";
import type { Capability } from "#lib/platform/roles.ts";
import type { Services } from "#lib/services/services.ts";
import { type ActionResult, actionResult } from "./errors.ts";
import { services } from "./services.ts";
import { adminScope } from "./session.ts";

/** What most server actions do: asks who it is and whether they may, runs the service, and lets the pages below `path` show what is new. */
export function adminAction<May extends Capability, T>(
  capability: May,
  path: string,
  work: (services: Services, scope: DistrictScope<May>) => Promise<T>,
): Promise<ActionResult<T>> {
  return actionResult(async () => {
    const scope = await adminScope(capability);
    const done = await work(await services(), scope);
    revalidatePath(path, "layout");
    return done;
  });
}
