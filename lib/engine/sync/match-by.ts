import { isOwn, tableOf } from "#lib/platform/db/staging.ts";
import type { IssueCode } from "#lib/roster/issue-codes.ts";
import { ignored } from "./decided.ts";
import { usersToMatch } from "./kept-values.ts";
import { execute, insertIssues, type PlanContext, rosterOf } from "./plan-context.ts";
import { withholdMatched } from "./takeovers.ts";
import { isBlank, unsaidColumns } from "./unsaid-columns.ts";
import { addTo, fill } from "./work.ts";

/** Of all who have one address or number, as many are named with a conflict. */
const shownCandidates = 50;

export interface MatchStep {
  readonly column: "email" | "student_number";
  readonly matchedBy: "email" | "student-number";
  /** Which accounts and people can be matched by it. */
  readonly only: (alias: string) => string;
  readonly shared: IssueCode;
  readonly field: string;
}

/**
 * Matches those who are nobody yet by an address or a number: with the one free account that has it, where it means one
 * person on both sides. Else a conflict is noted, or that the value is shared.
 */
export async function matchBy(context: PlanContext, step: MatchStep): Promise<void> {
  const { column, only } = step;
  const { accountMatches: matches, work } = context.staging;
  const users = usersToMatch(context);
  const accounts = rosterOf(context, "account");

  const isUnsaid = unsaidColumns(context, "account").includes(column);
  const incomingValues = `select u.${column} from ${users} u where u.${column} is not null`;
  const isUntold = `('${column}' = any(u.unreadable)${isUnsaid ? ` or ${isBlank("account", column, "u")}` : ""})`;

  // How many people have the value: those in this input, and those of this integration that it does not mention or
  // whose value it does not tell.
  await fill(
    context,
    "sharedValues",
    `select ${column} as value, count(*) as people
    from (
      select ${column} from ${users} u
      where ${column} is not null
        and ${only("u")}
        and not exists (select from ${ignored(context)} g where g.external_id = u.external_id)
      union all
      select a.${column}
      from (
        select l.record_id from ${work.continuingLinks} l
        where not exists (select from ${users} u where u.external_id = l.external_id)
        union
        select m.record_id from ${matches} m
        join ${users} u using (external_id)
        where ${isUntold}
      ) s
      join ${accounts} a on a.id = s.record_id
      where a.${column} is not null and ${only("a")}
    ) p
    group by ${column}
    having count(*) > 1`,
  );
  // Whom the value may mean, once for each value: the same people are not gathered anew for everybody who has it. All
  // of them are unpacked only for whom an admin said something of; for the others a few and their number do.
  await fill(
    context,
    "candidates",
    `select
      f.value,
      f.ids,
      f.ids[1:${shownCandidates}] as shown,
      cardinality(f.ids) as count,
      f.role,
      f.is_contested,
      s.value is not null as is_shared
    from (
      select
        a.${column} as value,
        array_agg(a.id order by a.id) as ids,
        min(a.role) as role,
        bool_or(t.record_id is not null) as is_contested
      from ${accounts} a
      left join ${work.claimedAccounts} c on c.record_id = a.id
      left join ${work.contestedAccounts} t on t.record_id = a.id
      where c.record_id is null
        and a.${column} is not null
        and ${only("a")}
        ${context.size.isFew ? `and a.${column} in (${incomingValues})` : ""}
      group by a.${column}) f
    left join ${work.sharedValues} s on s.value = f.value`,
  );
  // From each person with the value: its candidates, less whom an admin said that this person is not (`declined`). Out
  // comes one account, or a conflict with all of them, for those who have neither yet.
  await execute(
    context,
    `with meant as (
      select
        u.external_id,
        u.role as own_role,
        c.is_shared,
        case
          when d.ids is null then c.shown
          else (array(select x from unnest(c.ids) x where x <> all (d.ids)))[1:${shownCandidates}]
        end as ids,
        case
          when d.ids is null then c.count
          else (select count(*) from unnest(c.ids) x where x <> all (d.ids))
        end as count,
        case
          when d.ids is null then c.role
          else (select min(a.role) from ${accounts} a where a.id = any (c.ids) and a.id <> all (d.ids))
        end as role,
        case
          when d.ids is null then c.is_contested
          else exists (
            select from ${work.contestedAccounts} t
            where t.record_id = any (c.ids) and t.record_id <> all (d.ids))
        end as is_contested
      from ${users} u
      join ${work.candidates} c on c.value = u.${column}
      left join ${work.declined} d on d.external_id = u.external_id
      where ${only("u")})
    update ${tableOf(matches)} m set
      matched_by = '${step.matchedBy}',
      record_id = case
        when c.count = 1 and not c.is_shared and c.role = c.own_role and not c.is_contested then c.ids[1]
      end,
      conflict = case
        when c.count > 1 then 'match-ambiguous'
        when c.is_shared then 'match-contested'
        when c.role <> c.own_role then 'match-role'
        when c.is_contested then 'match-contested'
      end,
      other_ids = c.ids
    from meant c
    where ${isOwn(context.staging, "m")}
      and c.external_id = m.external_id
      and m.record_id is null
      and m.conflict is null
      and c.count > 0`,
  );
  await withholdMatched(context, step.matchedBy);
  await addTo(
    context,
    "contestedAccounts",
    `select distinct x.id
    from ${work.candidates} c
    cross join unnest(c.ids) x (id)
    where not exists (select from ${work.contestedAccounts} t where t.record_id = x.id)
      and c.value in (
        select u.${column} from ${matches} m
        join ${users} u using (external_id)
        where m.matched_by = '${step.matchedBy}' and m.conflict is not null)`,
  );
  await addTo(
    context,
    "claimedAccounts",
    `select record_id from ${matches} m where matched_by = '${step.matchedBy}' and record_id is not null`,
  );
  await insertIssues(
    context,
    step.shared,
    "users",
    "the value, with each of the people; it matches nobody",
    `select u.external_id, u.part, u.position,
       '${step.field}' as field, u.${column} as value, null::uuid[] as record_ids
     from ${users} u
     join ${work.sharedValues} s on s.value = u.${column}
     where ${only("u")}`,
  );
}
