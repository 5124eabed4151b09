import type { Collection, Entity } from "#lib/roster/canonical.ts";
import type { GuardFacts } from "#lib/roster/guard/facts.ts";
import { leavesOut } from "#lib/roster/scope.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import { readClassChanges, readMembershipChanges } from "./guard-facts-classes.ts";
import { nobody, readLeaving } from "./guard-facts-leaving.ts";
import { readLeftWithout } from "./guard-facts-left-without.ts";
import { readPeopleChanges } from "./guard-facts-people.ts";
import { readRollover } from "./guard-facts-rollover.ts";
import { readRows } from "./guard-facts-rows.ts";
import { readWeek } from "./guard-facts-week.ts";
import { readHistory } from "./guard-history.ts";
import type { PlanContext } from "./plan-context.ts";
import type { Staged } from "./stage.ts";

/** What the guard's detectors are told of a plan, and what later runs compare themselves with. */
export interface PlanFacts {
  readonly facts: GuardFacts;
  readonly measures: Readonly<Record<string, number>>;
}

interface Planned {
  readonly totals: RunTotals;
  readonly activeBefore: Readonly<Record<Entity, number>>;
}

/**
 * Reads the aggregates that the detectors look at, each by one statement over the plan and the roster, and only where
 * the plan has anything of the kind: a first sync asks three questions, a day without withdrawals none about them.
 */
export async function readGuardFacts(
  context: PlanContext,
  { totals, activeBefore }: Planned,
  staged: Staged,
  unproven: readonly Collection[],
): Promise<PlanFacts> {
  const [about] = await context.sql.unsafe<{ isFirst: boolean; today: string; takeovers: number }[]>(`
    select
      not exists (
        select from source_records
        where district_id = ${context.district}
          and integration_id = ${context.integration}
          and record_id is not null) as "isFirst",
      (select (now() at time zone timezone)::date::text from districts where id = ${context.district}) as today,
      (select count(*)::int from ${context.staging.accountMatches} m where conflict = 'match-takeover') as takeovers`);
  const { isFirst = true, today = "", takeovers = 0 } = about ?? {};
  const base = { totals, activeBefore, isFirst, takeovers, unproven };
  if (isFirst) {
    const first = await countFirstMatches(context);
    return { facts: { ...base, ...nothing, ...first }, measures: {} };
  }
  const history = await readHistory(context);
  const leaving = await readLeaving(context, totals, { today, emptiedUsually: history.emptiedUsually });
  const facts: GuardFacts = {
    ...base,
    firstMatches: 0,
    firstClassrooms: 0,
    reissued: await countReissued(context),
    leaving,
    week: await readWeek(context, totals, history),
    leftWithout: await readLeftWithout(context, totals),
    people: await readPeopleChanges(context, totals),
    classes: totals.classroom.updated < 3 ? null : await readClassChanges(context),
    memberships: totals.membership.updated < 3 ? null : await readMembershipChanges(context, today),
    rows: await readRows(context, staged.rows, history),
    rollover: await readRollover(context, totals, today),
  };
  // What an admin left out is no measure of what a school day takes away.
  const isByScope = context.plansEverything && leavesOut(context.scope);
  return { facts, measures: { emptiedClasses: isByScope ? 0 : leaving.emptiedCount } };
}

const noneReissued = { school: 0, term: 0, course: 0, classroom: 0, teacher: 0, learner: 0 };

const nothing = {
  reissued: noneReissued,
  leaving: nobody,
  week: [],
  leftWithout: { peopleWithoutSchool: 0, classesWithoutSchool: 0, classesWithoutTerm: 0, classesWithoutCourse: 0 },
  people: { teacher: null, learner: null },
  classes: null,
  memberships: null,
  rows: {},
  rollover: null,
} satisfies Partial<GuardFacts>;

async function countFirstMatches(context: PlanContext): Promise<{ firstMatches: number; firstClassrooms: number }> {
  const { plan } = context.staging;
  const [row] = await context.sql.unsafe<{ firstMatches: number; firstClassrooms: number }[]>(`
    select
      (select count(*)::int from ${plan.account} p where matched_by in ('email', 'student-number')) as "firstMatches",
      (select count(*)::int from ${plan.classroom} p where action <> 'created') as "firstClassrooms"`);
  return row ?? { firstMatches: 0, firstClassrooms: 0 };
}

/** Records whose link this run ends and that it links by another id, but those of whom an admin said so. */
async function countReissued(context: PlanContext): Promise<GuardFacts["reissued"]> {
  const { plan, endedLinks } = context.staging;
  const [ended] = await context.sql.unsafe(`select exists (select from ${endedLinks} x where entity <> 'membership') as found`);
  if (ended?.found !== true) return noneReissued;
  const of = (entity: "school" | "term" | "course" | "classroom" | "account") => `
      select ${entity === "account" ? "p.role" : `'${entity}'`} as kind, p.record_id
      from ${plan[entity]} p
      join ${endedLinks} x on x.entity = '${entity}' and x.record_id = p.record_id
      where p.link = 'new' and p.action <> 'created' and p.matched_by <> 'decided'`;
  const rows = await context.sql.unsafe<{ kind: keyof typeof noneReissued; count: number }[]>(`
    select kind, count(distinct record_id)::int as count
    from (${(["school", "term", "course", "classroom", "account"] as const).map(of).join(" union all ")}) r
    group by kind`);
  return { ...noneReissued, ...Object.fromEntries(rows.map(({ kind, count }) => [kind, count])) };
}
