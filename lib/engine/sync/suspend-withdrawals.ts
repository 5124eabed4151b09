import { tableOf } from "#lib/platform/db/staging.ts";
import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import { rosterWithoutEdits } from "./kept-values.ts";
import { execute, insertIssues, linksOf, type PlanContext, rosterOf } from "./plan-context.ts";

/** What a record `e` is known by (lib/roster/clues.ts); `placed` holds at each of its places, and without one. */
interface KnownBy {
  readonly plain: readonly string[];
  readonly placed: readonly string[];
}

const knownBy: Readonly<Record<Exclude<LinkEntity, "membership">, KnownBy>> = {
  school: { plain: ["'number ' || e.number"], placed: ["'name ' || e.name", "'anybody'"] },
  term: { plain: [], placed: ["'name ' || e.name", "'anybody'"] },
  course: { plain: ["'number ' || e.code"], placed: ["'name ' || e.name", "'anybody'"] },
  classroom: { plain: ["'number ' || e.code"], placed: ["'name ' || e.name", "'anybody'"] },
  account: {
    plain: ["'number ' || e.student_number", "'email ' || e.email"],
    placed: [
      "'name ' || e.given_name || ' ' || e.family_name",
      "'given ' || e.given_name",
      "'family ' || e.family_name",
      "e.role",
      "'anybody'",
    ],
  },
};

/** The schools of a record `e`, as arrays of Aivo's ids. */
const placesOf: Partial<Record<LinkEntity, string>> = { classroom: "array[e.school_id]", account: "e.school_ids" };

/**
 * Keeps those of the `missing` records (a table of external_id, record_id) that may be one of the rows without an id,
 * and says so of each. Clues are compared as equal texts, so that neither many such rows nor many missing records cost
 * more than their sum. From each clue of rows without an id, with the first of these: the missing record that is known
 * by it.
 */
export async function suspendWithdrawals(context: PlanContext, entity: LinkEntity, missing: string): Promise<void> {
  const collection = collectionOfLinkEntity[entity];
  const { setAside, suspended } = context.staging;
  const known = entity === "membership" ? cluesOfMemberships(context, missing) : cluesOf(context, entity, missing);
  await execute(
    context,
    `insert into ${tableOf(suspended)} (entity, external_id, record_id, part, position)
    select distinct on (m.external_id) '${entity}', m.external_id, m.record_id, c.part, c.position
    from (
      select distinct on (clue) lower(x.clue) as clue, s.part, s.position
      from ${setAside} s
      cross join unnest(s.clues) x (clue)
      where s.collection = '${collection}' and s.external_id is null
      order by clue, s.part, s.position) c
    join (${known}) k on lower(k.clue) = c.clue
    join ${missing} m on m.external_id = k.external_id
    order by m.external_id, c.part, c.position`,
  );
  await insertIssues(
    context,
    "withdrawals-suspended",
    collection,
    "the record, as it was: it may be this row without an id",
    `select external_id, part, position, 'sourcedId' as field, null::text as value, array[record_id] as record_ids
     from ${suspended} s
     where entity = '${entity}'`,
  );
}

/** What the missing records are known by, at each of their schools or at none, as a query of external_id and clue. */
function cluesOf(context: PlanContext, entity: Exclude<LinkEntity, "membership">, missing: string): string {
  const { plain, placed } = knownBy[entity];
  const known = `(
        select m.external_id as known_as, r.*
        from ${missing} m
        join ${rosterWithoutEdits(context, entity)} r on r.id = m.record_id) e`;
  const schools = placesOf[entity];
  const places = `(
        select external_id, '' as place from ${missing} m${
          schools
            ? `
        union all
        select e.known_as, s.external_id
        from ${known}
        cross join unnest(${schools}) x (school)
        join ${linksOf(context, "school")} s on s.record_id = x.school`
            : ""
        })`;
  const each = (clues: readonly string[]) => `cross join lateral (values
        ${clues.map((clue) => `(${clue})`).join(",\n        ")}) v (clue)`;
  const atPlaces = `select e.known_as as external_id, v.clue || '@' || p.place as clue
      from ${known}
      join ${places} p on p.external_id = e.known_as
      ${each(placed)}
      where v.clue is not null`;
  const anywhere = `select e.known_as, v.clue || '@'
      from ${known}
      ${each(plain)}
      where v.clue is not null`;
  return [atPlaces, ...(plain.length > 0 ? [anywhere] : [])].join(" union all ");
}

function cluesOfMemberships(context: PlanContext, missing: string): string {
  return `select m.external_id, v.clue || '@' as clue
    from ${missing} m
    join ${rosterOf(context, "membership")} e on e.id = m.record_id
    join ${linksOf(context, "classroom")} c on c.record_id = e.classroom_id
    join ${linksOf(context, "account")} a on a.record_id = e.account_id
    cross join lateral (values
      ('class ' || c.external_id || ' person ' || a.external_id),
      ('class ' || c.external_id),
      ('person ' || a.external_id),
      ('anybody')) v (clue)`;
}
