import type { DistrictScope } from "#lib/platform/access.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import { mostMissing, unplacedEnrollments } from "#lib/services/why/missing.ts";
import type { WhyLink } from "#lib/services/why/schema.ts";
import { claimLinks, withheldLinks } from "#lib/services/why/standing.ts";
import { leadTo, type Told, toldOf } from "#lib/services/why/told.ts";
import { type LatestRun, latestRuns } from "./latest-runs.ts";
import { lostEnrollments } from "./lost.ts";
import { sideBySide } from "./said.ts";
import { sayersOf } from "./sayers.ts";
import type { Lost, SideBySide } from "./schema.ts";
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
  /** Of a person: whether somebody else who is active has the same address. */
  readonly sharesEmail: boolean;
}

const asked = {
  account: { collection: "users", isPerson: true },
  classroom: { collection: "classes", isPerson: false },
} as const;

/** All of it is found by the record's id, so that it can be asked for beside the record; of one that is not there, nothing. */
export async function readFacts(tx: Tx, entity: keyof typeof asked, id: string, isTeacher = false): Promise<Facts> {
  const { collection, isPerson } = asked[entity];
  const rows = await toldOf(tx, collection, leadTo(tx, id));
  const [latest, withheld, waiting, claims, sharing] = await Promise.all([
    latestRuns(
      tx,
      rows.map(({ integrationId }) => integrationId),
    ),
    withheldOf(tx, id),
    withheldLinks(tx, id),
    isPerson ? claimLinks(tx, id) : [],
    isPerson ? sharingEmail(tx, id) : [],
  ]);
  const unplaced = await unplacedEnrollments(tx, isPerson ? rows : null, isPerson ? null : rows);
  const values = await sideBySide(tx, entity, id, sayersOf(rows), isTeacher);
  return {
    rows,
    latest,
    withheld,
    unplaced: unplaced.slice(0, mostMissing),
    links: [...waiting, ...claims],
    values,
    sharesEmail: sharing.length > 0,
  };
}

const sharingEmail = (tx: Tx, id: string) => tx.sql`
  select from accounts a
  join accounts o on o.district_id = ${tx.districtId} and o.email = a.email and o.id <> a.id and o.status = 'active'
  where a.district_id = ${tx.districtId} and a.id = ${id} limit 1`;

/** The enrollments that did not come through, each by its other side; of most records there are none. `present`: as lostEnrollments() has it. */
export function missingOf(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-roster">,
  { unplaced, latest }: Facts,
  side: "classes" | "users",
  present: readonly string[],
): Promise<readonly Lost[]> {
  if (unplaced.length === 0) return Promise.resolve([]);
  return withDistrict(services.db, scope, (tx) => lostEnrollments(tx, unplaced, side, latest, new Set(present)));
}
