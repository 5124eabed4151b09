import type { Tx } from "#lib/platform/db/tx.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import { schoolPlaces } from "#lib/services/schools/places.ts";
import { type Crowd, type PeopleFilter, type PersonTurn, personTurns } from "./people-changed-schema.ts";

/** Up to so many changes, people of whom classes alone changed are looked for as well, which takes the memberships. */
const readableChanges = 50_000;
/** Up to so many people whose own record changed, they are told apart by school. */
const readablePeople = 150_000;
/** So many new people of a kind are told by number alone at a glance: a first import has little else, and who they are is on its list. */
const arrivalsTogether = 4_000;

/** How whom some runs changed can be read: with classes; by their own records alone; or only as what the runs counted. */
export interface Reach {
  readonly by: "classes" | "records" | "totals" | "nothing";
  readonly runs: readonly { readonly id: string; readonly totals: RunTotals | null; readonly kind: string; readonly changes: number }[];
}

/** What the runs that were applied counted decides; none of their changes is read for it. */
export async function reachOf(tx: Tx, runIds: readonly string[]): Promise<Reach> {
  const runs = await tx.sql<Reach["runs"]>`
    select id, totals, kind, change_count::float8 as changes from sync_runs
    where district_id = ${tx.districtId} and id = any(${[...runIds]}::uuid[]) and state = 'succeeded' order by number desc`;
  const changes = runs.reduce((sum, run) => sum + run.changes, 0);
  if (changes === 0) return { by: "nothing", runs };
  if (changes <= readableChanges) return { by: "classes", runs };
  return { by: peopleOf(runs) <= readablePeople ? "records" : "totals", runs };
}

const peopleOf = (runs: Reach["runs"]) =>
  runs.reduce((sum, { totals }) => sum + (totals === null ? 0 : changedOf(totals.learner) + changedOf(totals.teacher)), 0);

const changedOf = ({ created, updated, deactivated, reactivated }: RunTotals["learner"]) => created + updated + deactivated + reactivated;

/** Where no change is read: a line a kind and run, over all schools. */
export function crowdsOfTotals({ runs }: Reach): readonly Crowd[] {
  return runs.flatMap(({ id, totals }) =>
    totals === null
      ? []
      : (["learner", "teacher"] as const).flatMap((role) => {
          const { created, reactivated, deactivated, updated } = totals[role];
          const counts: readonly (readonly [PersonTurn, number])[] = [
            ["new", created],
            ["back", reactivated],
            ["left", deactivated],
            ["changed", updated],
          ];
          return counts.flatMap(([turn, count]): Crowd[] =>
            count === 0 ? [] : [{ runId: id, role, turn, count, schools: null, isByPerson: false }],
          );
        }),
  );
}

/** Those of one run that changed very much who are new and too many to look through at a glance. */
export function arrivalsOf(reach: Reach): readonly Crowd[] {
  if (reach.by !== "records" || reach.runs.length > 1) return [];
  const isMany = ({ turn, count }: Crowd) => turn === "new" && count >= arrivalsTogether;
  return crowdsOfTotals(reach)
    .filter(isMany)
    .map((crowd) => ({ ...crowd, isByPerson: true }));
}

/** Whether the runs changed people beside those. */
export function hasOthers({ runs }: Reach, arrivals: readonly Crowd[]): boolean {
  const counted = arrivals.reduce((sum, { count }) => sum + count, 0);
  return runs.some(({ totals }) => totals === null) || peopleOf(runs) > counted;
}

/**
 * The beginning of a statement: `touched` has everybody whom the runs changed, with the place of their turn in `personTurns` and the run that it is
 * of; `people` those of the filter, with the first of their schools, `place` being -1 where they have none. Of several turns the first counts.
 * `arrivals` are left out. Most people have one school, which a join finds for all of them at once.
 */
export function touchedPeople(tx: Tx, reach: Reach, { school, role, turn }: PeopleFilter, arrivals: readonly Crowd[] = []) {
  const ids = reach.runs.map(({ id }) => id);
  // Of one run nothing need be sorted.
  const only = ids.length === 1 ? (ids[0] ?? null) : null;
  return tx.sql`
    with touched as materialized (
      select ${only === null ? tx.sql`distinct on (id) id, rank, run_id` : tx.sql`id, min(rank) as rank, ${only}::uuid as run_id`} from (
        select c.record_id as id, c.run_id,
          case c.action when 'created' then 0 when 'reactivated' then 1 when 'deactivated' then 2
            else case when c.after ? 'school_ids' then 3 when c.after ? 'grade' then 4 else 5 end end as rank
        from unnest(${ids}::uuid[], ${reach.runs.map(rowsToPeople)}::bigint[]) as r (id, depth)
        cross join lateral (
          select * from run_changes c where c.district_id = ${tx.districtId} and c.run_id = r.id order by c.seq limit r.depth) c
        where c.entity in ('learner', 'teacher') and c.action in ('created', 'updated', 'deactivated', 'reactivated')
          and not (c.action = 'created' and c.entity = any(${arrivals.map((crowd) => crowd.role)}::text[]))
        ${
          reach.by === "classes"
            ? tx.sql`
        union all
        select m.account_id, c.run_id, 5 from run_changes c
        join memberships m on m.district_id = ${tx.districtId} and m.id = c.record_id
        where c.district_id = ${tx.districtId} and c.run_id = any(${ids}::uuid[]) and c.entity = 'membership'
          and c.action in ('created', 'updated', 'deactivated', 'reactivated')`
            : tx.sql``
        }) t
      ${only === null ? tx.sql`order by id, rank, run_id` : tx.sql`group by id`}),
    places as materialized (${schoolPlaces(tx)}),
    people as materialized (
      select p.* from (
        select a.id as "accountId", a.role, a.given_name, a.family_name, t.rank, t.run_id,
          coalesce(
            case
              when cardinality(a.school_ids) = 1 then first.place
              else (select min(s.place) from places s where s.id = any(a.school_ids))
            end, -1) as place
        from touched t
        join accounts a on a.district_id = ${tx.districtId} and a.id = t.id and a.role in ('teacher', 'learner')
        left join places first on first.id = a.school_ids[1]
        where true
          ${role === undefined ? tx.sql`` : tx.sql`and a.role = ${role}`}
          ${turn === undefined ? tx.sql`` : tx.sql`and t.rank = ${personTurns.indexOf(turn)}`}) p
      ${
        school === undefined
          ? tx.sql``
          : school === "none"
            ? tx.sql`where place = -1`
            : tx.sql`where place = (select s.place from places s where s.id = ${school})`
      })`;
}

/** A sync writes its changes kind by kind, memberships last and most: up to so many come before those. Another run is read whole. */
function rowsToPeople({ totals, kind, changes }: Reach["runs"][number]): number {
  if (totals === null || kind === "undo") return changes;
  return changes - changedOf(totals.membership) - totals.membership.linked;
}
