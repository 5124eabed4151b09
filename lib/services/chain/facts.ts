import type { Tx } from "#lib/platform/db/tx.ts";
import { mostMissing, unplacedEnrollments } from "#lib/services/why/missing.ts";
import type { WhyLink } from "#lib/services/why/schema.ts";
import { claimLinks, withheldLinks } from "#lib/services/why/standing.ts";
import { leadTo, type Told, toldOf } from "#lib/services/why/told.ts";
import { type LatestRun, latestRuns } from "./latest-runs.ts";
import { sideBySide } from "./said.ts";
import { sayersOf } from "./sayers.ts";
import type { SideBySide } from "./schema.ts";
import { type Withheld, withheldOf } from "./sis-standing.ts";

/** What the SISs say of a record, and what waits. */
export interface Facts {
  readonly rows: readonly Told[];
  readonly latest: ReadonlyMap<string, LatestRun>;
  readonly withheld: readonly Withheld[];
  /** The first of the enrollments that did not come through. */
  readonly unplaced: readonly Told[];
  readonly links: readonly WhyLink[];
  readonly values: SideBySide;
}

const asked = {
  account: { collection: "users", isPerson: true },
  classroom: { collection: "classes", isPerson: false },
} as const;

/** All of it is found by the record's id, so that it can be asked for beside the record; of one that is not there, nothing. */
export async function readFacts(tx: Tx, entity: keyof typeof asked, id: string, isTeacher = false): Promise<Facts> {
  const { collection, isPerson } = asked[entity];
  const rows = await toldOf(tx, collection, leadTo(tx, id));
  const [latest, withheld, waiting, claims] = await Promise.all([
    latestRuns(
      tx,
      rows.map(({ integrationId }) => integrationId),
    ),
    withheldOf(tx, id),
    withheldLinks(tx, id),
    isPerson ? claimLinks(tx, id) : [],
  ]);
  const unplaced = await unplacedEnrollments(tx, isPerson ? rows : null, isPerson ? null : rows);
  const values = await sideBySide(tx, entity, id, sayersOf(rows), isTeacher);
  return { rows, latest, withheld, unplaced: unplaced.slice(0, mostMissing), links: [...waiting, ...claims], values };
}
