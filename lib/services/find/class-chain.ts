import type { ReachScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import { fourWords } from "#lib/services/why/four-words.ts";
import { findClass } from "#lib/services/why/resolve.ts";
import type { ChainWord, Ref } from "#lib/services/why/schema.ts";
import { leftOutNames } from "#lib/services/why/scope-words.ts";
import { chainOf, classroom } from "#lib/services/why/sources.ts";
import { withinReach } from "#lib/services/within-reach.ts";

/** A class, and by integration what its SIS says of it and what became of that. */
export interface ClassChain {
  readonly name: string;
  readonly isInAivo: boolean;
  readonly rows: readonly { readonly name: string; readonly words: readonly ChainWord[] }[];
}

/** @throws ServiceError `not-found` */
export async function classChain(services: Pick<Services, "db">, reach: ReachScope<"read-roster">, ref: Ref): Promise<ClassChain> {
  const scope = await withinReach(services, reach, "classes", ref);
  return withDistrict(services.db, scope, async (tx) => {
    const { room, name, rows } = await findClass(tx, ref);
    const names = await leftOutNames(tx, rows);
    const end =
      room === null ? null : { says: room.status === "active" ? "Active" : "Archived: nobody sees it.", isInUse: room.status === "active" };
    return {
      name,
      isInAivo: room !== null,
      rows: rows.map((row) => ({ name: row.integrationName, words: fourWords(chainOf(row, classroom, names), end) })),
    };
  });
}
