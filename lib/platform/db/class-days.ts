import { isUuid } from "#lib/platform/uuid.ts";

/*
 * The calendar of classes as SQL, in the one place that knows it (docs/decisions/014-when-a-class-is.md): which day it is, from when to when
 * a class or a membership is, and whether that is over. A last day counts whole, whatever a protocol calls it.
 *
 * Classrooms are `c`, memberships `m`; a span is `span` as `spanOfClass` joins it, or whatever else has `begins_on` and `ends_on`; a day is an
 * expression of type date.
 */

/** The day it is where a district is, by the database's clock. Looked up once for a statement. */
export function todayOf(districtId: string, instant = "now()"): string {
  return `(select (${instant} at time zone timezone)::date from districts where id = ${literal(districtId)})`;
}

function literal(districtId: string): string {
  if (!isUuid(districtId)) throw new RangeError("That is no id of a district");
  return `'${districtId}'`;
}

/** Whether what has this last day is over on a day; null where it has none. */
export const isOver = (lastDay: string, day: string) => `${lastDay} < ${day}`;

/** Whether what has this first day is ahead on a day; null where it has none. */
export const isAhead = (firstDay: string, day: string) => `${firstDay} > ${day}`;

/**
 * From the first day of the earliest to the last day of the latest of a class's terms, without those that are deactivated. Both null: the
 * class has no term that tells, and is always current.
 */
export function spanOfClass(districtId: string): string {
  // The district is named once more, not taken from `c`: what is joined from the outside tells Citus no part of a table.
  return `left join lateral (
    select min(t.begin_date) as begins_on, max(t.end_date) as ends_on
    from terms t
    where t.district_id = ${literal(districtId)} and t.id = any(c.term_ids) and t.status = 'active') span on true`;
}

/** 'now', 'upcoming' or 'ended': when a class is, on a day. */
export function whenOfClass(day: string, span = "span"): string {
  return `case
    when ${isOver(`${span}.ends_on`, day)} then 'ended'
    when ${isAhead(`${span}.begins_on`, day)} then 'upcoming'
    else 'now'
  end`;
}

/** The same of a membership: its own dates within those of its class. */
export function whenOfMembership(day: string, span = "span"): string {
  return `case
    when ${isOver(`${span}.ends_on`, day)} or ${ownIsOver(day)} then 'ended'
    when ${isAhead(`${span}.begins_on`, day)} or ${ownIsAhead(day)} then 'upcoming'
    else 'now'
  end`;
}

/** The same by the membership's own dates alone. */
export function whenOfOwnDates(day: string): string {
  return `case when ${ownIsOver(day)} then 'ended' when ${ownIsAhead(day)} then 'upcoming' else 'now' end`;
}

/**
 * Whether a membership is one of those that its class is said to have: those of the day; of a class that is upcoming, those that begin later
 * as well; of one that has ended, all, since they are its history.
 */
export function isOfClass(day: string, span = "span"): string {
  return `(m.status = 'active' and (
    (${isOver(`${span}.ends_on`, day)}) is true
    or (${ownIsOver(day)}) is not true
      and ((${isAhead(`${span}.begins_on`, day)}) is true or (${ownIsAhead(day)}) is not true)))`;
}

/** Dates that contradict each other say nothing, and those of the class apply. Syncs blank such; two edits of a row in the database need not. */
export const ownIsSane = "coalesce(m.end_date >= m.begin_date, true)";
export const ownIsOver = (day: string) => `(${ownIsSane} and ${isOver("m.end_date", day)})`;
export const ownIsAhead = (day: string) => `(${ownIsSane} and ${isAhead("m.begin_date", day)})`;

/**
 * Whether nothing but dates stands between an account `a` and a class: it is active and may sign in, its membership and the class are active.
 * With `whenOfMembership` and `sightOf` (lib/roster/when.ts) this is what "can see a class" means.
 */
export const isInUse = "a.status = 'active' and a.barred_at is null and m.status = 'active' and c.status = 'active'";
