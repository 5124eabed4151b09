import { identityColumns, isOwn, rosterColumns, tableOf } from "#lib/platform/db/staging.ts";
import { execute, insertIssues, linksOf, mirrorOf, type PlanContext, rosterOf } from "./plan-context.ts";
import { fill } from "./work.ts";

/*
 * One person whom the SIS has by several ids, one for each school, say: records with an equal userMasterIdentifier, or an equal pair of
 * userIds of a type of which the connection says that it identifies a person, and of one kind. They are one account with several ids,
 * which leaves when the last of them does. One id goes first and is planned, with the schools of all; the others go with it.
 */

/** So many have one key at most: more are no person. */
const mostOfOne = 50;

/** The keys of people, as a query of their ids and `key`, which has the kind in it. `users` has the columns of an incoming person. */
function keysOf(users: string, role = "u.role"): string {
  return `
      select u.external_id, ${role} || ' id ' || u.master_id as key
      from ${users} u where u.master_id is not null and ${role} is not null
      union
      select u.external_id, ${role} || ' ' || k
      from ${users} u cross join unnest(u.person_keys) k where ${role} is not null`;
}

/** Finds who is who among the people that are planned, and takes out of what is planned whoever goes with another. Most share no identifier. */
export async function joinSeveralIds(context: PlanContext): Promise<void> {
  if (context.apart === null) return;
  const { personKeys, samePeople } = context.staging.work;
  const users = context.staging.incoming.users;
  const shared = await fill(
    context,
    "personKeys",
    `with sharing as materialized (
      select u.external_id, u.role, u.master_id, u.person_keys from ${users} u
      where u.person_keys is not null
        or (u.role, u.master_id) in (
          select o.role, o.master_id from ${users} o
          where o.master_id is not null
          group by 1, 2
          having count(*) > 1)),
    keys as (${keysOf("sharing")})
    select external_id, key from keys
    where key in (select key from keys group by key having count(*) between 2 and ${mostOfOne})`,
  );
  if (shared === 0) return;
  const links = context.isFirst
    ? "(select null::text as external_id, null::uuid as record_id, null::boolean as rostered where false)"
    : linksOf(context, "account");
  await fill(
    context,
    "samePeople",
    `with recursive reach as (
      select external_id, external_id as other from ${personKeys} k
      union
      select r.external_id, b.external_id from reach r
      join ${personKeys} a on a.external_id = r.other
      join ${personKeys} b on b.key = a.key),
    groups as (select external_id, min(other) as named from reach group by external_id),
    linked as (
      select g.*, l.record_id, coalesce(l.rostered, false) as rostered from groups g
      left join ${links} l on l.external_id = g.external_id),
    accounts as (
      select named, count(distinct record_id) as accounts from linked group by named)
    select
      l.external_id,
      case
        when a.accounts <= 1 then first_value(l.external_id) over (
          partition by l.named order by (l.record_id is not null and l.rostered) desc, l.record_id is not null desc,
            l.external_id)
        when l.record_id is not null then l.external_id
      end
    from linked l
    join accounts a on a.named = l.named`,
  );
  await execute(
    context,
    `update ${tableOf(context.all.users)} t set goes_with = s.leader
    from ${samePeople} s
    where ${isOwn(context.staging, "t")} and s.external_id = t.external_id and s.leader <> s.external_id`,
  );
  await execute(
    context,
    `update ${tableOf(context.all.users)} t set
      school_external_ids = array(
        select x.id from (
          select distinct unnest(o.school_external_ids) as id from ${samePeople} s
          join ${context.all.users} o on o.external_id = s.external_id
          where s.leader = t.external_id) x
        order by x.id is distinct from t.primary_org_external_id, x.id collate "C"),
      keeps_schools = (
        select bool_and(coalesce(o.keeps_schools, false)) from ${samePeople} s
        join ${context.all.users} o on o.external_id = s.external_id
        where s.leader = t.external_id)
    where ${isOwn(context.staging, "t")}
      and t.external_id in (select s.leader from ${samePeople} s where s.leader <> s.external_id)`,
  );
  await setUndecidedAside(context);
}

/** Of whom the records lead to several accounts already: a record without one is nobody's until somebody says whose. */
async function setUndecidedAside(context: PlanContext): Promise<void> {
  const { samePeople } = context.staging.work;
  const undecided = `
      select u.external_id, u.part, u.position, 'userMasterIdentifier' as field, u.master_id as value,
        null::uuid[] as record_ids
      from ${samePeople} s
      join ${context.all.users} u on u.external_id = s.external_id
      where s.leader is null`;
  const count = await insertIssues(
    context,
    "person-several-accounts",
    "users",
    "nothing of this record; what Aivo has stays as it was",
    undecided,
  );
  if (count === 0) return;
  await execute(
    context,
    `insert into ${tableOf(context.staging.setAside)} (collection, external_id, disposition, reason, said, entity,
      part, position, added)
    select 'users', u.external_id, 'left-out', 'person-several-accounts', u.said, u.role, u.part, u.position, true
    from ${context.all.users} u
    where u.external_id in (select s.external_id from ${samePeople} s where s.leader is null)`,
  );
  await execute(
    context,
    `update ${tableOf(context.all.users)} t set standing = 'waiting', standing_reason = 'person-several-accounts'
    where ${isOwn(context.staging, "t")}
      and t.external_id in (select s.external_id from ${samePeople} s where s.leader is null)`,
  );
}

/**
 * Matches those who are nobody yet with the account to which another id of the same person led, which the SIS has no longer: after their
 * own id, and before address and number. Of several accounts, or one that is spoken for, nobody is taken.
 */
export async function matchByKeys(context: PlanContext): Promise<void> {
  if (context.apart === null || context.isFirst) return;
  const { accountMatches: matches, work } = context.staging;
  const users = context.staging.incoming.users;
  const mine = keysOf(`(
        select u.* from ${users} u
        join ${matches} m on m.external_id = u.external_id and m.record_id is null and m.conflict is null
        where u.master_id is not null or u.person_keys is not null)`);
  const [any] = await context.sql.unsafe<{ found: boolean }[]>(`select exists (${mine}) as found`);
  if (any?.found !== true) return;
  const before = `(
        select m.external_id, m.record_id, m.master_id, m.person_keys, a.role from ${mirrorOf(context, "users")} m
        join ${rosterOf(context, "account")} a on a.id = m.record_id
        where (m.master_id is not null or m.person_keys is not null)
          and not exists (select from ${users} i where i.external_id = m.external_id))`;
  await execute(
    context,
    `with mine as materialized (${mine}),
    meant as (
      select n.external_id, array_agg(distinct b.record_id) as ids
      from mine n
      join (${keysOf(before)}) k on k.key = n.key
      join ${before} b on b.external_id = k.external_id
      group by n.external_id)
    update ${tableOf(matches)} m set
      matched_by = 'person-key',
      record_id = case when cardinality(t.ids) = 1 and c.record_id is null then t.ids[1] end,
      conflict = case
        when cardinality(t.ids) > 1 then 'match-ambiguous'
        when c.record_id is not null then 'match-contested'
      end,
      other_ids = t.ids
    from meant t
    left join ${work.claimedAccounts} c on c.record_id = t.ids[1]
    where ${isOwn(context.staging, "m")}
      and t.external_id = m.external_id
      and (cardinality(t.ids) > 1 or not exists (
        select from ${matches} o where o.matched_by = 'person-key' and o.record_id = t.ids[1]))`,
  );
  await execute(
    context,
    `insert into ${tableOf(work.claimedAccounts)} (record_id)
    select m.record_id from ${matches} m where m.matched_by = 'person-key' and m.record_id is not null`,
  );
}

/** Links of ids that go with another: they claim nothing of their own. As a condition on `l`. */
export function isNobodysOwn(context: PlanContext): string {
  if (context.apart === null) return "true";
  return `not exists (select from ${context.all.users} f where f.external_id = l.external_id and f.goes_with is not null)`;
}

/** Once people are planned: whoever goes with another becomes one more id of what that one became, or waits as that one does. */
export async function planFollowers(context: PlanContext): Promise<void> {
  if (context.apart === null) return;
  const { plan, waiting, setAside } = context.staging;
  const columns = [...Object.keys(identityColumns.account), ...Object.keys(rosterColumns.account.columns)];
  const followers = `(select * from ${context.all.users} u where u.goes_with is not null and u.out_of_scope is null)`;
  await execute(
    context,
    `insert into ${tableOf(plan.account)} (external_id, part, position, record_id, matched_by, link, action,
      ${columns.join(", ")})
    select u.external_id, u.part, u.position, p.record_id,
      case when l.record_id is distinct from p.record_id then 'person-key' end,
      case
        when l.record_id is null then 'new'
        when l.record_id <> p.record_id then 'moved'
        when l.rostered then 'kept'
        else 'revived'
      end,
      'merged', ${columns.map((column) => `p.${column}`).join(", ")}
    from ${followers} u
    join ${plan.account} p on p.external_id = u.goes_with
    left join ${linksOf(context, "account")} l on l.external_id = u.external_id`,
  );
  const left = `${followers} u where not exists (select from ${plan.account} p where p.external_id = u.external_id)`;
  await execute(
    context,
    `insert into ${tableOf(waiting)} (collection, external_id, reason)
    select 'users', u.external_id, coalesce(
      (select min(w.reason) from ${waiting} w where w.collection = 'users' and w.external_id = u.goes_with),
      'match-ambiguous')
    from ${left}`,
  );
  await execute(
    context,
    `insert into ${tableOf(setAside)} (collection, external_id, disposition, said, entity, part, position, added)
    select 'users', u.external_id, 'left-out', u.said, u.role, u.part, u.position, true from ${left}`,
  );
}
