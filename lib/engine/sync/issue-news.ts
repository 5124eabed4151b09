import { tableOf } from "#lib/platform/db/staging.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import type { IssueCounts } from "#lib/roster/issue-counts.ts";
import { endAcknowledgements } from "./acknowledged.ts";
import { hasOwnIssue } from "./known-as.ts";
import { keyOf } from "./news.ts";
import { type Applying, byInsert, execute, mirrorOf, type PlanContext, type Writing } from "./plan-context.ts";
import { isCarriedAnew } from "./restage.ts";

/**
 * Issues are a state: one is open from the run that found it to the run that looked at its record again and did not.
 * This compares what a run found with what is open.
 */
export interface IssueNews {
  /** What will be open once the plan is applied, by cause and collection. */
  readonly counts: IssueCounts;
  readonly opened: number;
  readonly resolved: number;
}

/** Found issues are the same as open ones by what they are about. */
const isSame = (a: string, b: string) =>
  `${a}.collection = ${b}.collection
        and ${a}.key = ${b}.key
        and ${a}.code = ${b}.code
        and coalesce(${a}.field, '') = coalesce(${b}.field, '')`;
/** What may be said differently of an issue that goes on. */
const shown = ["value", "kept", "record_ids", "conflict", "is_read"] as const;
const columns = ["code", "severity", "collection", "key", "external_id", "part", "position", "field", ...shown];

const open = (context: Pick<Writing, "district" | "integration">) =>
  `(select * from issues where district_id = ${context.district} and integration_id = ${context.integration})`;

/**
 * Writes to the run's tables which issues open, which close, and of which open ones something else is to be said: each
 * that was found, once, beside the open one that is the same.
 */
export async function findIssueNews(context: PlanContext): Promise<IssueNews> {
  const { found, issueNews } = context.staging;
  const unique = `(
      select distinct on (collection, key, code, coalesce(field, '')) * from ${found} f
      order by collection, key, code, coalesce(field, ''), part, position, seq)`;
  const shownOf = (alias: string) => `row(${shown.map((column) => `${alias}.${column}`).join(", ")})`;
  await execute(
    context,
    `insert into ${tableOf(issueNews)} (news, seq, ${columns.join(", ")})
    select
      case when o.seq is null then 'opened' else 'changed' end,
      coalesce(o.seq, f.seq),
      ${columns.map((column) => `f.${column}`).join(", ")}
    from ${unique} f
    left join ${open(context)} o on ${isSame("o", "f")}
    where o.seq is null
      or ${shownOf("f")} is distinct from ${shownOf("o")}`,
  );
  if (!context.isFirst) await findClosed(context);
  // What is open now, more what opens, less what closes.
  const rows = await context.sql.unsafe<{ code: string; collection: string; count: number; opened: number; closed: number }[]>(
    `select code, collection, sum(open)::int as count, sum(opened)::int as opened, sum(closed)::int as closed
    from (
      select code, collection, 1 as open, 0 as opened, 0 as closed from ${open(context)} o
      union all
      select
        code,
        collection,
        case news when 'opened' then 1 else -1 end,
        (news = 'opened')::int,
        (news = 'closed')::int
      from ${issueNews} n
      where news <> 'changed'
    ) each
    group by 1, 2`,
  );
  const counts: Record<string, Record<string, number>> = {};
  for (const { code, collection, count } of rows) if (count > 0) counts[code] = { ...counts[code], [collection]: count };
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0);
  return { counts, opened: sum((row) => row.opened), resolved: sum((row) => row.closed) };
}

/**
 * Closes what this run would have found again: what was read again, or planned again, and is right now. A statement for
 * each way in which an issue is looked at, and only for those that there are: none looks through a table once per
 * issue.
 */
async function findClosed(context: PlanContext): Promise<void> {
  const { found, issueNews } = context.staging;
  const kinds = await context.sql.unsafe<{ collection: Collection; kind: Kind }[]>(
    `select distinct collection, ${kindOf("o")} as kind from ${open(context)} o`,
  );
  for (const { collection, kind } of kinds) {
    const isLookedAt = lookedAtAgain(context, collection, kind);
    if (isLookedAt === null) continue;
    await execute(
      context,
      `insert into ${tableOf(issueNews)} (news, seq, code, collection)
      select 'closed', o.seq, o.code, o.collection
      from ${open(context)} o
      where o.collection = '${collection}'
        and ${kindOf("o")} = '${kind}'
        and not exists (select from ${found} f where ${isSame("f", "o")})
        and (${isLookedAt})`,
    );
  }
}

type Kind = "read" | "collection" | "missing class" | "missing person" | "planned";

/** How an issue is looked at, as SQL. */
const kindOf = (o: string) => `case
          when ${o}.is_read then 'read'
          when ${o}.key = '' then 'collection'
          when ${o}.key like '→%'
            then case ${o}.code when 'reference-class' then 'missing class' else 'missing person' end
          else 'planned'
        end`;

/** When this run would have found an open issue `o` of a kind again, as SQL; null: not in any case. */
function lookedAtAgain(context: PlanContext, collection: Collection, kind: Kind): string | null {
  const { read, readAside, incoming, setAside } = context.staging;
  const mode = context.modes[collection];
  const isIn = (rows: string, aside: string, which: string) =>
    `exists (select from ${rows} r where r.external_id = o.key)
          or exists (
            select from ${aside} a
            where a.collection = '${collection}' and ${keyOf("a")} = o.key${which})`;
  switch (kind) {
    case "read":
      return mode === "absent" ? null : mode === "bulk" ? "true" : isIn(read[collection], readAside, "");
    case "collection":
      return mode === "bulk" && (context.plansEverything || isCarriedAnew(context, collection)) ? "true" : null;
    case "missing class":
      return isNamedNoMore(context, "classes", "class_external_id", "reference-class");
    case "missing person":
      return isNamedNoMore(context, "users", "person_external_id", "reference-user");
    case "planned":
      return isIn(incoming[collection], setAside, " and a.said <> 'same'");
  }
}

/**
 * One issue stands for all enrollments that name a class or a person that is not there, until none does or the missing
 * has its own. Those that do are among the waiting of this run, or wait in the mirror and are not planned anew.
 */
function isNamedNoMore(context: PlanContext, collection: "classes" | "users", column: string, code: string): string {
  const { incoming, setAside, waiting } = context.staging;
  return `${hasOwnIssue(context, collection, "substr(o.key, 2)")}
        or (
          not exists (
            select from ${waiting} w
            join ${incoming.enrollments} i using (external_id)
            where w.collection = 'enrollments' and w.reason = '${code}' and i.${column} = substr(o.key, 2))
          and not exists (
            select from ${mirrorOf(context, "enrollments")} m
            left join ${incoming.enrollments} i on i.external_id = m.external_id
            left join ${setAside} s on s.collection = 'enrollments' and s.external_id = m.external_id
            where m.fate = 'waiting'
              and m.reason = '${code}'
              and i.external_id is null
              and s.external_id is null
              and m.${column} = substr(o.key, 2)))`;
}

/** What a closed issue keeps of the open one. */
export const kept = [
  "district_id",
  "integration_id",
  "seq",
  "code",
  "severity",
  "collection",
  "key",
  "external_id",
  "source_part",
  "source_position",
].concat(["run_id", "field", ...shown, "opened_run_id", "opened_number", "opened_at"]);

/** Opens and closes them; part of the transaction that applies. */
export async function writeIssues(context: Applying): Promise<void> {
  const { issueNews } = context.staging;
  const number = `(select number from sync_runs where district_id = ${context.district} and id = ${context.run})`;
  const isOurs = `o.district_id = ${context.district} and o.integration_id = ${context.integration} and o.seq = n.seq`;
  await execute(
    context,
    `with closed as (
      delete from issues o
      using ${issueNews} n
      where ${isOurs} and n.news = 'closed'
      returning o.*)
    insert into closed_issues (${kept.join(", ")}, closed_run_id, closed_number)
    select ${kept.join(", ")}, ${context.run}, ${number} from closed
    ${byInsert}`,
  );
  await execute(
    context,
    `update issues o set
      ${shown.map((column) => `${column} = n.${column}`).join(", ")},
      source_part = n.part,
      source_position = n.position,
      run_id = ${context.run}
    from ${issueNews} n
    where ${isOurs} and n.news = 'changed'`,
  );
  await execute(
    context,
    `insert into issues (district_id, integration_id, seq, code, severity, collection, key, external_id,
      source_part, source_position, field, ${shown.join(", ")}, run_id, opened_run_id, opened_number)
    overriding system value
    select n.district_id, ${context.integration}, seq, code, severity, collection, key, external_id,
      part, position, field, ${shown.join(", ")}, ${context.run}, ${context.run}, ${number}
    from ${issueNews} n
    where news = 'opened'
    order by seq`,
  );
  await execute(context, endAcknowledgements(context));
}
