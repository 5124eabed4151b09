import { isOwn, tableOf } from "#lib/platform/db/staging.ts";
import { gradeCodes } from "#lib/roster/grade.ts";
import { execute, insertIssues, type PlanContext } from "./plan-context.ts";
import { freeRecords, isAnyFree } from "./recognise.ts";
import { referencesTo } from "./references.ts";
import { judgeNamesakes, keepClassesOf } from "./takeovers.ts";
import { addTo } from "./work.ts";

/** As many of those whom a record may be are named. */
const shownCandidates = 50;

/**
 * People who are nobody yet, and of whom one of the same name, role and school leaves with this run or is another
 * integration's alone: neither address nor number leads there, so it may be the same child by another id, or another
 * one. That is an admin's to say: the record waits, and whom it may be stays as they are meanwhile. Who is a grade
 * apart, or of whom the rest says that it is somebody else, is nobody's namesake.
 */
export async function matchNamesakes(context: PlanContext): Promise<void> {
  const { accountMatches: matches, work, endedLinks } = context.staging;
  const [row] = await context.sql.unsafe(`
    select exists (select from ${matches} m where m.record_id is null and m.conflict is null) as found`);
  if (row?.found !== true || !(await isAnyFree(context, "account"))) return;
  const users = context.staging.incoming.users;
  const isNobody = `external_id in (select external_id from ${matches} m where m.record_id is null and m.conflict is null)`;
  const schools = await referencesTo(context, "school", `select unnest(school_external_ids) from ${users} i where i.${isNobody}`);
  const grade = (alias: string) => `array_position(array[${gradeCodes.map((code) => `'${code}'`).join(", ")}], ${alias}.grade)`;
  await judgeNamesakes(
    context,
    `select distinct u.external_id, e.id as record_id
    from ${users} u
    cross join unnest(u.school_external_ids) x (school)
    join ${schools} s on s.external_id = x.school
    join ${freeRecords(context, "account")} e
      on lower(e.given_name) = lower(u.given_name)
      and lower(e.family_name) = lower(u.family_name)
      and e.role = u.role
      and s.record_id = any (e.school_ids)
    where u.${isNobody}
      and e.status = 'active'
      and e.id not in (select record_id from ${work.claimedAccounts} c)
      and coalesce(${grade("u")} - ${grade("e")} in (0, 1), true)
      and not exists (
        select from ${work.declined} d where d.external_id = u.external_id and e.id = any (d.ids))`,
  );
  // One whom an admin said this is; each of several of whom that was said is none.
  await execute(
    context,
    `update ${tableOf(matches)} m set record_id = n.record_id, matched_by = 'decided'
    from (
      select min(external_id) as external_id, record_id from ${work.namesakes} n
      where is_decided
      group by record_id
      having count(*) = 1) n
    where ${isOwn(context.staging, "m")}
      and n.external_id = m.external_id
      and (select count(*) from ${work.namesakes} o where o.external_id = n.external_id and o.is_decided) = 1`,
  );
  await addTo(context, "claimedAccounts", `select record_id from ${matches} m where matched_by = 'decided'`);
  await execute(
    context,
    `update ${tableOf(matches)} m set
      conflict = case when cardinality(n.ids) = 1 then 'match-namesake' else 'match-ambiguous' end,
      other_ids = n.ids,
      matched_by = 'name'
    from (
      select external_id, (array_agg(record_id order by record_id))[1:${shownCandidates}] as ids
      from ${work.namesakes} n
      where record_id not in (select record_id from ${matches} m where matched_by = 'decided')
      group by external_id) n
    where ${isOwn(context.staging, "m")} and n.external_id = m.external_id and m.record_id is null`,
  );
  const waiting = `(
        select distinct n.record_id from ${work.namesakes} n
        join ${matches} m on m.external_id = n.external_id
        where m.matched_by = 'name')`;
  await execute(
    context,
    `delete from ${tableOf(endedLinks)} x using ${waiting} w
    where ${isOwn(context.staging, "x")} and x.entity = 'account' and x.record_id = w.record_id`,
  );
  await keepClassesOf(context, waiting);
  await insertIssues(
    context,
    "match-namesake",
    "users",
    "nothing of this record; the account in Aivo stays as it was",
    `select u.external_id, u.part, u.position, m.other_ids as record_ids, 'sourcedId' as field, u.external_id as value,
      jsonb_build_object('lead', 'name', 'evidence', n.evidence, 'before', n.before, 'after', n.after) as conflict
    from ${matches} m
    join ${users} u on u.external_id = m.external_id
    join ${work.namesakes} n on n.external_id = m.external_id and n.record_id = m.other_ids[1]
    where m.conflict = 'match-namesake'`,
    { hasConflict: true },
  );
}
