import type { IssueCode } from "#lib/roster/issue-codes.ts";
import { execute, insertIssues, linksOf, type PlanContext, rosterOf } from "./plan-context.ts";
import { beginTakeovers, endTakeovers, withholdLinked, withholdMatched } from "./takeovers.ts";
import { isBlank, unsaidColumns } from "./unsaid-columns.ts";

/**
 * Which account each incoming person is (product.md, "How are users matched?"):
 * 1. the link of an earlier sync, 2. email, 3. student number (learners only), 4. nobody yet.
 *
 * An account that a rostered link of this integration claims is not up for matching by email or number. Nothing is
 * matched by guess: a shared address or number, several candidates, or a change of role make a conflict instead, and
 * the person is left out; whom such a person may be by address, nobody else is by number. An address that several
 * people share while no free account has it identifies nobody; those people come through, with a warning. Whoever the rest of the
 * evidence says is somebody else than the account that anything led to, waits (takeovers.ts). Needs the ended links of accounts to
 * be planned before.
 * @throws DeltaDoubt when changes do not tell what was withheld before
 */
export async function matchAccounts(context: PlanContext): Promise<void> {
  const { accountMatches: matches, endedLinks } = context.staging;
  const users = context.staging.incoming.users;
  const accounts = rosterOf(context, "account");

  await execute(
    context,
    `insert into ${matches} (external_id, record_id, matched_by, conflict, other_ids)
    select u.external_id, l.record_id, null,
           case when a.role <> u.role then 'match-role' end, case when a.role <> u.role then array[a.id] end
    from ${users} u
    left join ${linksOf(context, "account")} l on l.external_id = u.external_id
    left join ${accounts} a on a.id = l.record_id`,
  );
  await execute(context, `analyze ${matches}`);
  await beginTakeovers(context);
  await withholdLinked(context);

  await execute(
    context,
    `create temporary table staying on commit drop as
    select l.external_id, l.record_id from ${linksOf(context, "account")} l
    where l.rostered ${context.size.isFew ? `and l.record_id in (${meantByFew(context)})` : ""}
      and not exists (select from ${endedLinks} x where x.entity = 'account' and x.external_id = l.external_id)
      and not exists (select from ${matches} m where m.external_id = l.external_id and m.left_id is not null)`,
  );
  await execute(context, "analyze staying");

  // An old id returns while its account goes by another id now: two records would claim one account.
  await execute(
    context,
    `with returning_ids as materialized (
      select m.external_id, m.record_id from ${matches} m join ${linksOf(context, "account")} l on l.external_id = m.external_id
      where not l.rostered and m.conflict is null)
    update ${matches} m set conflict = 'match-contested', other_ids = array[m.record_id]
    from returning_ids r
    where r.external_id = m.external_id
      and (r.record_id in (select record_id from ${matches} where record_id is not null group by record_id having count(*) > 1)
        or r.record_id in (select record_id from staying))`,
  );

  // Accounts spoken for: by an incoming person's own link, or by a rostered link that this run does not end. One whose id seems to be
  // somebody else's now can be meant by others, and is contested then.
  await execute(
    context,
    `create temporary table claimed on commit drop as
    (select record_id from ${matches} where record_id is not null
    union
    select record_id from staying)
    except
    select record_id from ${matches} where conflict = 'match-takeover'`,
  );
  await execute(context, "analyze claimed");
  // Accounts that a conflict is about.
  await execute(
    context,
    `create temporary table contested on commit drop as select distinct unnest(other_ids) as record_id from ${matches} where conflict is not null`,
  );

  await matchBy(context, { column: "email", matchedBy: "email", only: () => "true", shared: "email-shared", field: "email" });
  await matchBy(context, {
    column: "student_number",
    matchedBy: "student-number",
    only: (alias) => `${alias}.role = 'learner'`,
    shared: "student-number-shared",
    field: "identifier",
  });
  await execute(context, `update ${matches} set matched_by = 'created' where record_id is null and conflict is null`);
  await execute(context, "drop table claimed, contested, staying");
  await endTakeovers(context);

  for (const code of ["match-contested", "match-ambiguous", "match-role"] as const) {
    await insertIssues(
      context,
      code,
      "users",
      "nothing of this record; the account in Aivo stays as it was",
      `select u.external_id, u.part, u.position, m.other_ids as record_ids,
              ${code === "match-role" ? "'role'" : "case m.matched_by when 'email' then 'email' when 'student-number' then 'identifier' else 'sourcedId' end"} as field,
              ${code === "match-role" ? "u.role" : "case m.matched_by when 'email' then u.email when 'student-number' then u.student_number else u.external_id end"} as value
       from ${matches} m join ${users} u using (external_id) where m.conflict = '${code}'`,
    );
  }
}

/** The accounts that few people may be: those that they lead to, and those that have their addresses or numbers. */
function meantByFew(context: PlanContext): string {
  const accounts = rosterOf(context, "account");
  const having = (column: string) =>
    `select a.id from ${accounts} a where a.${column} in (select u.${column} from ${context.staging.incoming.users} u where u.${column} is not null)`;
  return [
    `select record_id from ${context.staging.accountMatches} where record_id is not null`,
    having("email"),
    having("student_number"),
  ].join(" union ");
}

/** Of all who have one address or number, as many are named with a conflict. */
const shownCandidates = 50;

interface MatchStep {
  readonly column: "email" | "student_number";
  readonly matchedBy: "email" | "student-number";
  /** Which accounts and people can be matched by it. */
  readonly only: (alias: string) => string;
  readonly shared: IssueCode;
  readonly field: string;
}

async function matchBy(context: PlanContext, step: MatchStep): Promise<void> {
  const { column, only } = step;
  const { accountMatches: matches } = context.staging;
  const users = context.staging.incoming.users;
  const accounts = rosterOf(context, "account");

  const isUnsaid = unsaidColumns(context, "account").includes(column);
  const isUntold = `('${column}' = any(u.unreadable)${isUnsaid ? ` or ${isBlank("account", column, "u")}` : ""})`;

  // How many people have the value: those in this input, and those of this integration that it does not mention or whose
  // value it does not tell.
  await execute(
    context,
    `create temporary table shared_values on commit drop as
    select ${column} as value, count(*) as people from (
      select ${column} from ${users} u where ${column} is not null and ${only("u")}
      union all
      select a.${column} from (
        select l.record_id from staying l where not exists (select from ${users} u where u.external_id = l.external_id)
        union
        select m.record_id from ${matches} m join ${users} u using (external_id) where ${isUntold}
      ) s join ${accounts} a on a.id = s.record_id where a.${column} is not null and ${only("a")}
    ) p group by ${column} having count(*) > 1`,
  );
  // Whom the value may mean, once for each value: the same people are not gathered anew for everybody who has it. All of them are
  // unpacked only for whom an admin said something of; for the others a few and their number do.
  await execute(
    context,
    `create temporary table candidates on commit drop as
    select f.value, f.ids, f.ids[1:${shownCandidates}] as shown, cardinality(f.ids) as count, f.role, f.is_contested, s.value is not null as is_shared
    from (
      select a.${column} as value, array_agg(a.id order by a.id) as ids, min(a.role) as role, bool_or(t.record_id is not null) as is_contested
      from ${accounts} a
      left join claimed c on c.record_id = a.id
      left join contested t on t.record_id = a.id
      where c.record_id is null and a.${column} is not null and ${only("a")}
        ${context.size.isFew ? `and a.${column} in (select u.${column} from ${users} u where u.${column} is not null)` : ""}
      group by a.${column}) f
    left join shared_values s on s.value = f.value`,
  );
  await execute(context, "analyze candidates");
  await execute(
    context,
    `with meant as (
      select u.external_id, u.role as own_role, c.is_shared,
        case when d.ids is null then c.shown else (array(select x from unnest(c.ids) x where x <> all (d.ids)))[1:${shownCandidates}] end as ids,
        case when d.ids is null then c.count else (select count(*) from unnest(c.ids) x where x <> all (d.ids)) end as count,
        case when d.ids is null then c.role else
          (select min(a.role) from ${accounts} a where a.id = any (c.ids) and a.id <> all (d.ids)) end as role,
        case when d.ids is null then c.is_contested else
          exists (select from contested t where t.record_id = any (c.ids) and t.record_id <> all (d.ids)) end as is_contested
      from ${users} u join candidates c on c.value = u.${column}
      left join declined d on d.external_id = u.external_id
      where ${only("u")})
    update ${matches} m set
      matched_by = '${step.matchedBy}',
      record_id = case when c.count = 1 and not c.is_shared and c.role = c.own_role and not c.is_contested then c.ids[1] end,
      conflict = case when c.count > 1 then 'match-ambiguous' when c.is_shared then 'match-contested'
        when c.role <> c.own_role then 'match-role' when c.is_contested then 'match-contested' end,
      other_ids = c.ids
    from meant c
    where c.external_id = m.external_id and m.record_id is null and m.conflict is null and c.count > 0`,
  );
  await withholdMatched(context, step.matchedBy);
  await execute(
    context,
    `insert into contested
    select distinct x.id from candidates c cross join unnest(c.ids) x (id)
    where not exists (select from contested t where t.record_id = x.id) and c.value in (
      select u.${column} from ${matches} m join ${users} u using (external_id) where m.matched_by = '${step.matchedBy}' and m.conflict is not null)`,
  );
  await execute(
    context,
    `insert into claimed select record_id from ${matches} where matched_by = '${step.matchedBy}' and record_id is not null`,
  );
  await insertIssues(
    context,
    step.shared,
    "users",
    "the value, with each of the people; it matches nobody",
    `select u.external_id, u.part, u.position, '${step.field}' as field, u.${column} as value, null::uuid[] as record_ids
     from ${users} u join shared_values s on s.value = u.${column} where ${only("u")}`,
  );
  await execute(context, "drop table shared_values, candidates");
}
