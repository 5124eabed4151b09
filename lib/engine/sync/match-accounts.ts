import { isOwn, tableOf } from "#lib/platform/db/staging.ts";
import { findDecided, followDecided } from "./decided.ts";
import { usersToMatch } from "./kept-values.ts";
import { type MatchStep, matchBy } from "./match-by.ts";
import { keepWhoCannotBeTold, matchByLegacyIds } from "./match-legacy-ids.ts";
import { matchNamesakes } from "./namesakes.ts";
import { execute, insertIssues, linksOf, type PlanContext, rosterOf } from "./plan-context.ts";
import { leavingLinks } from "./recognise.ts";
import { isNobodysOwn, matchByKeys } from "./several-ids.ts";
import { beginTakeovers, endTakeovers, withholdLinked } from "./takeovers.ts";
import { fill } from "./work.ts";

/**
 * Which account each incoming person is (product.md, "How are users matched?"):
 * 1. the link of an earlier sync, 2. email, 3. student number (learners only), 4. nobody yet. Where a SIS has several ids of one person,
 * what another of them led to comes after the first (several-ids.ts). Where the version of OneRoster changes, the id of before comes then, and
 * the number before the email (match-legacy-ids.ts).
 *
 * An account that a rostered link of this integration claims is not up for matching by email or number. Nothing is
 * matched by guess: a shared address or number, several candidates, or a change of role make a conflict instead, and
 * the person is left out; whom such a person may be by address, nobody else is by number. An address that several
 * people share while no free account has it identifies nobody; those people come through, with a warning. Whoever the
 * rest of the evidence says is somebody else than the account that anything led to, waits (takeovers.ts), and so does
 * who has nothing but the name of somebody who leaves (namesakes.ts). What an admin decided comes before all of it
 * (decided.ts). Needs schools, and the ended links of accounts, to be planned before.
 * @throws DeltaDoubt when changes do not tell what was withheld before
 */
export async function matchAccounts(context: PlanContext): Promise<void> {
  const { accountMatches: matches, endedLinks } = context.staging;
  const users = context.staging.incoming.users;
  const accounts = rosterOf(context, "account");

  const { continuingLinks: continuing } = context.staging.work;
  // One row for each incoming person, with the account that an own link leads to, if it has one.
  await execute(
    context,
    `insert into ${tableOf(matches)} (external_id, record_id, matched_by, conflict, other_ids)
    select
      u.external_id,
      l.record_id,
      null,
      case when a.role <> u.role then 'match-role' end,
      case when a.role <> u.role then array[a.id] end
    from ${users} u
    left join ${linksOf(context, "account")} l on l.external_id = u.external_id
    left join ${accounts} a on a.id = l.record_id`,
  );
  await findDecided(context);
  await beginTakeovers(context);
  await followDecided(context);
  await withholdLinked(context);

  await fill(
    context,
    "continuingLinks",
    `select l.external_id, l.record_id from ${linksOf(context, "account")} l
    where l.rostered
      ${context.size.isFew ? `and l.record_id in (${meantByFew(context)})` : ""}
      and ${isNobodysOwn(context)}
      and not exists (select from ${endedLinks} x where x.entity = 'account' and x.external_id = l.external_id)
      and not exists (select from ${leavingLinks(context, "account")} x where x.external_id = l.external_id)
      and not exists (select from ${matches} m where m.external_id = l.external_id and m.left_id is not null)`,
  );

  // An old id returns while its account goes by another id now: two records would claim one account.
  await execute(
    context,
    `with returning_ids as materialized (
      select m.external_id, m.record_id
      from ${matches} m
      join ${linksOf(context, "account")} l on l.external_id = m.external_id
      where not l.rostered and m.conflict is null)
    update ${tableOf(matches)} m set
      conflict = 'match-contested',
      other_ids = array[m.record_id]
    from returning_ids r
    where ${isOwn(context.staging, "m")}
      and r.external_id = m.external_id
      and (
        r.record_id in (
          select record_id from ${matches} m
          where record_id is not null
          group by record_id
          having count(*) > 1)
        or r.record_id in (select record_id from ${continuing} c))`,
  );

  // Accounts spoken for: by an incoming person's own link, or by a rostered link that this run does not end. One whose
  // id seems to be somebody else's now can be meant by others, and is contested then.
  await fill(
    context,
    "claimedAccounts",
    `(select record_id from ${matches} m where record_id is not null
    union
    select record_id from ${continuing} c)
    except
    select record_id from ${matches} m where conflict = 'match-takeover'`,
  );
  // Accounts that a conflict is about.
  await fill(
    context,
    "contestedAccounts",
    `select distinct unnest(other_ids) from ${matches} m
    where conflict is not null`,
  );

  await matchByKeys(context);
  if (context.changesVersion) await matchByLegacyIds(context);
  for (const step of context.changesVersion ? [byNumber, byEmail] : [byEmail, byNumber]) await matchBy(context, step);
  await matchNamesakes(context);
  if (context.changesVersion) await keepWhoCannotBeTold(context);
  await execute(
    context,
    `update ${tableOf(matches)} m set matched_by = 'created'
    where ${isOwn(context.staging, "m")} and record_id is null and conflict is null`,
  );
  await endTakeovers(context);
  await insertIssues(
    context,
    "match-ignored",
    "users",
    "nothing of this record, as an admin decided",
    `select u.external_id, u.part, u.position, 'sourcedId' as field, u.external_id as value,
      case when m.record_id is not null then array[m.record_id] end as record_ids
    from ${matches} m
    join ${users} u using (external_id)
    where m.conflict = 'match-ignored'`,
  );

  const matchedField = `case m.matched_by
          when 'email' then 'email'
          when 'student-number' then 'identifier'
          else 'sourcedId'
        end`;
  const matchedValue = `case m.matched_by
          when 'email' then u.email
          when 'student-number' then u.student_number
          else u.external_id
        end`;
  for (const code of ["match-contested", "match-ambiguous", "match-role"] as const) {
    await insertIssues(
      context,
      code,
      "users",
      "nothing of this record; the account in Aivo stays as it was",
      `select u.external_id, u.part, u.position, m.other_ids as record_ids,
        ${code === "match-role" ? "'role'" : matchedField} as field,
        ${code === "match-role" ? "u.role" : matchedValue} as value
      from ${matches} m
      join ${users} u using (external_id)
      where m.conflict = '${code}'`,
    );
  }
}

const byEmail: MatchStep = { column: "email", matchedBy: "email", only: () => "true", shared: "email-shared", field: "email" };
const byNumber: MatchStep = {
  column: "student_number",
  matchedBy: "student-number",
  only: (alias) => `${alias}.role = 'learner'`,
  shared: "student-number-shared",
  field: "identifier",
};

/** The accounts that few people may be: those that they lead to, and those that have their addresses or numbers. */
function meantByFew(context: PlanContext): string {
  const accounts = rosterOf(context, "account");
  const having = (column: string) =>
    `select a.id from ${accounts} a
    where a.${column} in (
      select u.${column} from ${usersToMatch(context)} u where u.${column} is not null)`;
  return [
    `select record_id from ${context.staging.accountMatches} m where record_id is not null`,
    having("email"),
    having("student_number"),
  ].join(" union ");
}
