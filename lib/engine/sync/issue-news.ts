import { collections } from "#lib/roster/canonical.ts";
import type { IssueCounts } from "#lib/roster/issue-counts.ts";
import { keyOf } from "./news.ts";
import { execute, mirrorOf, type PlanContext, type Writing } from "./plan-context.ts";
import { hasOwnIssue } from "./plan-memberships.ts";
import { isCarriedAnew } from "./restage.ts";

/**
 * Issues are a state: one is open from the run that found it to the run that looked at its record again and did not. This compares what a
 * run found with what is open.
 */
export interface IssueNews {
  /** What will be open once the plan is applied, by cause and collection. */
  readonly counts: IssueCounts;
  readonly opened: number;
  readonly resolved: number;
}

/** Found issues are the same as open ones by what they are about. */
const isSame = (a: string, b: string) =>
  `${a}.collection = ${b}.collection and ${a}.key = ${b}.key and ${a}.code = ${b}.code and coalesce(${a}.field, '') = coalesce(${b}.field, '')`;
/** What may be said differently of an issue that goes on. */
const shown = ["value", "kept", "record_ids", "conflict", "is_read"] as const;
const columns = ["code", "severity", "collection", "key", "external_id", "part", "position", "field", ...shown];

const open = (context: Pick<Writing, "district" | "integration">) =>
  `(select * from issues where district_id = ${context.district} and integration_id = ${context.integration} and closed_number is null)`;

/** Writes to the run's tables which issues open, which close, and of which open ones something else is to be said. */
export async function findIssueNews(context: PlanContext): Promise<IssueNews> {
  const { found, issueNews } = context.staging;
  await execute(context, `analyze ${found}`);
  const unique = `(select distinct on (collection, key, code, coalesce(field, '')) * from ${found}
    order by collection, key, code, coalesce(field, ''), part, position, seq)`;
  await execute(
    context,
    `insert into ${issueNews} (news, seq, ${columns.join(", ")})
    select case when o.seq is null then 'opened' else 'changed' end, coalesce(o.seq, f.seq), ${columns.map((column) => `f.${column}`).join(", ")}
    from ${unique} f left join ${open(context)} o on ${isSame("o", "f")}
    where o.seq is null or row(${shown.map((column) => `f.${column}`).join(", ")}) is distinct from row(${shown.map((column) => `o.${column}`).join(", ")})`,
  );
  if (!context.isFirst)
    await execute(
      context,
      `insert into ${issueNews} (news, seq, code, collection)
      select 'closed', o.seq, o.code, o.collection from ${open(context)} o
      where not exists (select from ${found} f where ${isSame("f", "o")}) and (${isLookedAtAgain(context)})`,
    );
  const rows = await context.sql.unsafe<{ code: string; collection: string; count: number; opened: number; closed: number }[]>(
    `select code, collection, sum(open)::int as count, sum(opened)::int as opened, sum(closed)::int as closed from (
      select code, collection, 1 as open, 0 as opened, 0 as closed from ${open(context)} o
      union all
      select code, collection, case news when 'opened' then 1 else -1 end, (news = 'opened')::int, (news = 'closed')::int from ${issueNews} where news <> 'changed'
    ) each group by 1, 2`,
  );
  const counts: Record<string, Record<string, number>> = {};
  for (const { code, collection, count } of rows) if (count > 0) counts[code] = { ...counts[code], [collection]: count };
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0);
  return { counts, opened: sum((row) => row.opened), resolved: sum((row) => row.closed) };
}

/** Whether this run would have found the open issue `o` again. */
function isLookedAtAgain(context: PlanContext): string {
  const { read, readAside, incoming, setAside } = context.staging;
  const each = collections.map((collection) => {
    const isIn = (rows: string, aside: string, which: string) =>
      `exists (select from ${rows} r where r.external_id = o.key) or exists (
        select from ${aside} a where a.collection = o.collection and ${keyOf("a")} = o.key${which})`;
    const mode = context.modes[collection];
    const wasRead = mode === "absent" ? "false" : mode === "bulk" ? "true" : isIn(read[collection], readAside, "");
    const isAnew = context.plansEverything || isCarriedAnew(context, collection);
    return `when '${collection}' then case
      when o.is_read then ${wasRead}
      when o.key = '' then ${mode === "bulk" && isAnew}
      when o.key like '→%' then ${isNamedNoMore(context)}
      else ${isIn(incoming[collection], setAside, " and a.said <> 'same'")} end`;
  });
  return `case o.collection ${each.join("\n")} end`;
}

/** One issue stands for all enrollments that name a class or a person that is not there, until none does or the missing has its own. */
function isNamedNoMore(context: PlanContext): string {
  const { incoming, setAside, waiting } = context.staging;
  const names = (alias: string) =>
    `substr(o.key, 2) = case o.code when 'reference-class' then ${alias}.class_external_id else ${alias}.person_external_id end`;
  const missing = (code: string, collection: "classes" | "users") =>
    `o.code = '${code}' and ${hasOwnIssue(context, collection, "substr(o.key, 2)")}`;
  return `${missing("reference-class", "classes")} or ${missing("reference-user", "users")} or not exists (select from ${waiting} w join ${incoming.enrollments} i using (external_id)
      where w.collection = 'enrollments' and w.reason = o.code and ${names("i")})
    and not exists (select from ${mirrorOf(context, "enrollments")} m
      where m.fate = 'waiting' and m.reason = o.code and ${names("m")}
        and not exists (select from ${incoming.enrollments} i where i.external_id = m.external_id)
        and not exists (select from ${setAside} s where s.collection = 'enrollments' and s.external_id = m.external_id))`;
}

/** Opens and closes them; part of the transaction that applies. */
export async function writeIssues(context: Pick<PlanContext, "sql" | keyof Writing>): Promise<void> {
  const { issueNews } = context.staging;
  const number = `(select number from sync_runs where district_id = ${context.district} and id = ${context.run})`;
  const isOurs = `o.district_id = ${context.district} and o.integration_id = ${context.integration} and o.seq = n.seq`;
  await execute(
    context,
    `update issues o set closed_run_id = ${context.run}, closed_number = ${number}, closed_at = now() from ${issueNews} n where ${isOurs} and n.news = 'closed'`,
  );
  await execute(
    context,
    `update issues o set ${shown.map((column) => `${column} = n.${column}`).join(", ")}, source_part = n.part, source_position = n.position, run_id = ${context.run}
    from ${issueNews} n where ${isOurs} and n.news = 'changed'`,
  );
  await execute(
    context,
    `insert into issues (district_id, integration_id, seq, code, severity, collection, key, external_id, source_part, source_position, field,
      ${shown.join(", ")}, run_id, opened_run_id, opened_number)
    overriding system value
    select ${context.district}, ${context.integration}, seq, code, severity, collection, key, external_id, part, position, field,
      ${shown.join(", ")}, ${context.run}, ${context.run}, ${number} from ${issueNews} where news = 'opened' order by seq`,
  );
}
