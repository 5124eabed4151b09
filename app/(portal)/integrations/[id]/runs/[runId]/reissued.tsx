import { pageResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage } from "#app/session.ts";
import { ReissuedClasses } from "#components/held/reissued-classes.tsx";
import { readReissuedClasses } from "#lib/services/runs/reissued.ts";
import { declineClasses } from "./held-actions.ts";

/** The classes that a plan that waits takes for ones of Aivo's by another id, where there are any. */
export async function Reissued({ runId }: { readonly runId: string }) {
  const scope = await adminPage("read-syncs");
  const found = await pageResult(await addressOfPage(), async () => readReissuedClasses(await services(), scope, runId));
  return found.total > 0 ? <ReissuedClasses {...found} decline={declineClasses.bind(null, runId)} /> : null;
}
