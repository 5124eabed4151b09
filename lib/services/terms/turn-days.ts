import { workerScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { isAhead, isOver, ownIsAhead, ownIsOver, spanOfClass, todayOf, whenOfClass } from "#lib/platform/db/class-days.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import type { TurnedTerm } from "#lib/roster/when.ts";
import type { Services } from "#lib/services/services.ts";

const atOnce = 500;
/** Terms of a day that are named; the numbers count all. */
const namedTerms = 20;

export interface TurnedDay {
  readonly districtId: string;
  readonly day: string;
  readonly classrooms: number;
  readonly memberships: number;
}

export interface TurnedDays {
  readonly turned: readonly TurnedDay[];
  readonly failed: readonly { readonly districtId: string; readonly error: unknown }[];
}

/**
 * Once on each day of each district's calendar, by the database's clock: notes which classes and memberships their dates let begin and end.
 * Nothing of the roster is changed by it, since when a class is follows from its dates the moment it is asked for; so it raises no revision,
 * and a day on which no worker ran is noted with the next. Every worker looks once a minute; of two, one finds the day noted.
 * Gives the days on which something turned, and the districts whose day could not be noted, which are tried again with the next look.
 */
export async function turnDays(services: Pick<Services, "db">): Promise<TurnedDays> {
  const due = await services.db.sql<{ id: string }[]>`
    select d.id
    from districts d
    where not exists (
      select from school_days s
      where s.district_id = d.id and s.day >= (now() at time zone d.timezone)::date)
    limit ${atOnce}`;
  const turned: TurnedDay[] = [];
  const failed: { districtId: string; error: unknown }[] = [];
  for (const { id } of due) {
    try {
      const day = await withDistrict(services.db, workerScope(id), (tx) => turnDay(tx));
      if (day !== null) turned.push(day);
    } catch (error) {
      failed.push({ districtId: id, error });
    }
  }
  return { turned, failed };
}

/** Null: another worker has noted the day, or nothing turned. `on` is the day to note; without it, today. */
export async function turnDay(tx: Tx, on?: string): Promise<TurnedDay | null> {
  const noted = await beginDay(tx, on);
  if (noted === null) return null;
  const { day } = noted;
  const between = { from: `'${noted.previousDay}'::date`, to: `'${day}'::date` };
  await noteClassrooms(tx, day, between);
  const memberships = await countMemberships(tx, between);
  const [row] = await tx.sql<{ began: number; ended: number }[]>`
    update school_days s
    set classrooms_began = n.began, classrooms_ended = n.ended, memberships_began = ${memberships.began}, memberships_ended = ${memberships.ended}
    from (
      select count(*) filter (where turn = 'began')::int as began, count(*) filter (where turn = 'ended')::int as ended
      from turned_classrooms
      where district_id = ${tx.districtId} and day = ${day}) n
    where s.district_id = ${tx.districtId} and s.day = ${day}
    returning n.began, n.ended`;
  const classrooms = { began: row?.began ?? 0, ended: row?.ended ?? 0 };
  const turned = { classrooms: classrooms.began + classrooms.ended, memberships: memberships.began + memberships.ended };
  if (turned.classrooms + turned.memberships === 0) return null;
  const terms = await nameTerms(tx, day, between);
  await appendAudit(tx, {
    actor: { kind: "worker", districtId: tx.districtId },
    action: "classes-turned",
    target: { kind: "district", id: tx.districtId },
    details: { day, classrooms, memberships, terms: terms.map(({ name, turn, classrooms: count }) => ({ name, turn, classrooms: count })) },
  });
  return { districtId: tx.districtId, day, ...turned };
}

/**
 * Takes the day for this transaction: whoever comes second waits for the first, and finds it taken. A district whose days were never
 * looked at begins with yesterday, so that what ended long ago is no news.
 */
async function beginDay(tx: Tx, on: string | undefined): Promise<{ readonly day: string; readonly previousDay: string } | null> {
  const [next] = await tx.sql<{ day: string; previousDay: string }[]>`
    select today.day::text as day, coalesce(last.day, today.day - 1)::text as "previousDay"
    from (select ${tx.sql.unsafe(on === undefined ? todayOf(tx.districtId) : `date '${dayOnly(on)}'`)} as day) today
    cross join (select max(s.day) as day from school_days s where s.district_id = ${tx.districtId}) last
    where last.day is null or last.day < today.day`;
  if (!next) return null;
  const taken = await tx.sql`
    insert into school_days (district_id, day, previous_day)
    values (${tx.districtId}, ${next.day}, ${next.previousDay})
    on conflict do nothing`;
  return taken.count === 0 ? null : next;
}

interface Between {
  /** The day before what is looked at, as SQL; and the last day of it. */
  readonly from: string;
  readonly to: string;
}

const endedBetween = (lastDay: string, { from, to }: Between) => `${isOver(lastDay, to)} and not ${isOver(lastDay, from)}`;
const beganBetween = (firstDay: string, { from, to }: Between) => `${isAhead(firstDay, from)} and not ${isAhead(firstDay, to)}`;

async function noteClassrooms(tx: Tx, day: string, between: Between): Promise<void> {
  await tx.sql`
    insert into turned_classrooms (district_id, classroom_id, day, turn)
    select c.district_id, c.id, ${day}::date, turned.turn
    from classrooms c ${tx.sql.unsafe(spanOfClass(tx.districtId))}
    cross join lateral (values
      ('began', ${tx.sql.unsafe(beganBetween("span.begins_on", between))}),
      ('ended', ${tx.sql.unsafe(endedBetween("span.ends_on", between))})) turned (turn, holds)
    where c.district_id = ${tx.districtId} and c.status = 'active' and turned.holds`;
}

/** Those of classes that go on: what begins or ends with its class is the class's. */
async function countMemberships(tx: Tx, between: Between): Promise<{ readonly began: number; readonly ended: number }> {
  const { from, to } = between;
  const began = `(${ownIsAhead(from)} and not ${ownIsAhead(to)})`;
  const ended = `(${ownIsOver(to)} and not ${ownIsOver(from)})`;
  const [row] = await tx.sql<{ began: number; ended: number }[]>`
    select count(*) filter (where ${tx.sql.unsafe(began)})::int as began, count(*) filter (where ${tx.sql.unsafe(ended)})::int as ended
    from memberships m
    join classrooms c on c.district_id = m.district_id and c.id = m.classroom_id ${tx.sql.unsafe(spanOfClass(tx.districtId))}
    join accounts a on a.district_id = m.district_id and a.id = m.account_id
    where m.district_id = ${tx.districtId} and m.status = 'active' and c.status = 'active' and a.status = 'active'
      and (${tx.sql.unsafe(began)} or ${tx.sql.unsafe(ended)})
      and ${tx.sql.unsafe(whenOfClass(to))} = 'now'`;
  return { began: row?.began ?? 0, ended: row?.ended ?? 0 };
}

/** The terms with which these classes began or ended; schools that each have one of the same name and day count as one. */
async function nameTerms(tx: Tx, day: string, between: Between): Promise<readonly TurnedTerm[]> {
  const terms = await tx.sql<TurnedTerm[]>`
    select t.name, x.turn, case when x.turn = 'began' then t.begin_date else t.end_date end::text as day,
      count(distinct x.classroom_id)::int as classrooms
    from turned_classrooms x
    join classrooms c on c.district_id = x.district_id and c.id = x.classroom_id
    join terms t on t.district_id = c.district_id and t.id = any(c.term_ids) and t.status = 'active'
    where x.district_id = ${tx.districtId} and x.day = ${day}
      and (x.turn = 'began' and ${tx.sql.unsafe(beganBetween("t.begin_date", between))}
        or x.turn = 'ended' and ${tx.sql.unsafe(endedBetween("t.end_date", between))})
    group by 1, 2, 3
    order by classrooms desc, 1, 2
    limit ${namedTerms}`;
  await tx.sql`
    update school_days set terms = ${JSON.stringify(terms)}::text::jsonb
    where district_id = ${tx.districtId} and day = ${day}`;
  return [...terms];
}

function dayOnly(day: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new RangeError("That is no day");
  return day;
}
