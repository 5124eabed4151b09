import { foldNotices } from "#lib/roster/fold-roles.ts";
import type { IssueCode } from "#lib/roster/issue-codes.ts";
import { isInForce, isToFold, rolesTold } from "./fold-roles-told.ts";
import { insertIssues, mirrorOf, type PlanContext } from "./plan-context.ts";

/** What is kept of somebody, by what was found of their roles. */
const kept: Readonly<Partial<Record<IssueCode, string>>> = {
  "role-both": "nothing of this record; what Aivo has stays as it was",
  "role-none": "the person, with kind and schools as Aivo has them",
  "role-none-waits": "nothing of this record until a role or an enrollment says what the person is",
  "role-ahead": "nothing of this record until the role begins",
  "role-grace": "the person, with kind and schools as they were",
  "role-over": "the data; the person leaves as if the SIS had withdrawn them",
};
const more = ["role-repeated", "role-primary", "role-home", "role-enrollment"] as const satisfies readonly IssueCode[];

/** Notes what was found of the people that were folded last. */
export async function noteFold(context: PlanContext): Promise<void> {
  const { foldedPeople } = context.staging.work;
  const recordIds = context.isFirst
    ? "null::uuid[]"
    : `(select array[m.record_id] from ${mirrorOf(context, "users")} m where m.external_id = u.external_id and m.record_id is not null)`;
  const rows = await context.sql.unsafe<{ code: IssueCode }[]>(`
    select distinct code from ${foldedPeople} f
    cross join unnest(f.more || f.notice) code
    where code is not null
      and (f.notice is not null or cardinality(f.more) > 0)
      and ${isToFold(context, "f.external_id")}`);
  const found = new Set(rows.map(({ code }) => code));
  // Both sides, as the SIS tells them.
  const both = `select external_id from ${foldedPeople} f where f.notice in ('role-both', 'role-both-kept')`;
  const role = `concat(r.role, ' at ', r.school_external_id, case when r.type = 'primary' then ' (primary)' end)`;
  const sides = `
      left join (
        select r.person_external_id, left(string_agg(distinct ${role}, ', '), 500) as told
        from (${rolesTold(context, `and r.person_external_id in (${both})`)}) r
        where ${isInForce(context.apart?.today ?? "")}
        group by 1) s on s.person_external_id = u.external_id`;
  for (const code of [...foldNotices, ...more]) {
    if (!found.has(code)) continue;
    const isBoth = code === "role-both" || code === "role-both-kept";
    await insertIssues(
      context,
      code,
      "users",
      kept[code] ?? "the person, as their roles say",
      `select u.external_id, u.part, u.position, 'roles' as field, ${isBoth ? "s.told" : "null::text"} as value,
        ${recordIds} as record_ids
      from ${foldedPeople} f
      join ${context.all.users} u on u.external_id = f.external_id ${isBoth ? sides : ""}
      where (f.notice = '${code}' or '${code}' = any (f.more))
        and ${isToFold(context, "f.external_id")}`,
    );
  }
}

/** Notes which incoming roles count for nothing, and why. */
export async function noteRoles(context: PlanContext, family: string): Promise<void> {
  const roles = context.all.roles;
  const rows = await context.sql.unsafe<{ reason: string }[]>(`
    select distinct case when r.standing = 'waiting' then r.standing_reason else 'word-own' end as reason
    from ${roles} r
    where r.standing = 'waiting' or r.standing = 'not-rostered' and ${family} is null`);
  const note = (code: IssueCode, field: string, value: string, keeps: string, which: string) =>
    insertIssues(
      context,
      code,
      "roles",
      keeps,
      `select r.external_id, r.part, r.position, '${field}' as field, ${value} as value, null::uuid[] as record_ids from ${roles} r where ${which}`,
    );
  const waits = "nothing of this role until the record that it names is there";
  for (const { reason } of rows) {
    if (reason === "reference-user")
      await note(reason, "userSourcedId", "r.person_external_id", waits, `r.standing_reason = '${reason}' and r.standing = 'waiting'`);
    else if (reason === "reference-org")
      await note(reason, "orgSourcedId", "r.school_external_id", waits, `r.standing_reason = '${reason}' and r.standing = 'waiting'`);
    else
      await note("word-own", "role", "r.role", "the role, which counts for nothing", `r.standing = 'not-rostered' and ${family} is null`);
  }
}
