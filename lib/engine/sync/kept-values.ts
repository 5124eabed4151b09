import { identityColumns, isOwn, rosterColumns, tableOf } from "#lib/platform/db/staging.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { LinkEntity } from "#lib/roster/canonical.ts";
import { type Applying, byInsert, execute, type PlanContext, rosterOf } from "./plan-context.ts";
import { readRevision } from "./revision.ts";

/*
 * What admins edited of records that a SIS has is kept against it: `kept_values`, a row for each column. What a record
 * would be without its edits goes on being planned as that of any other record, beside them; the roster gets it with
 * the edits laid over. So a released edit ends where the roster would be without it. Where a district has no edits,
 * nothing of this stands in any statement.
 */

/** The entities of which something is kept. */
export async function keptEntities({ sql, district }: Applying): Promise<ReadonlySet<LinkEntity>> {
  const rows = await sql.unsafe<{ entity: LinkEntity }[]>(`select distinct entity from kept_values where district_id = ${district}`);
  return new Set(rows.map(({ entity }) => entity));
}

type Value = "value" | "sis_value";

/** By record the columns that are kept, and of each `value` as the roster's type has it: `fields` and `kept`. */
function keptOf(context: PlanContext, entity: LinkEntity, value: Value): string {
  return `(
        select
          record_id,
          array_agg(field) as fields,
          jsonb_populate_record(null::${rosterColumns[entity].table}, jsonb_object_agg(field, ${value})) as kept
        from kept_values
        where district_id = ${context.district} and entity = '${entity}'
        group by record_id)`;
}

const overlaid = (column: string, alias: string) =>
  `case when '${column}' = any(k.fields) then (k.kept).${column} else ${alias}.${column} end`;

/**
 * The district's rows of an entity's table as they would be without edits: id, status, and what a sync compares. A
 * plain join, so that whoever asks for few finds them by the index.
 */
export function rosterWithoutEdits(context: PlanContext, entity: LinkEntity): string {
  if (!context.kept.has(entity)) return rosterOf(context, entity);
  const plain = ["id", "status", "deactivated_by", ...Object.keys(identityColumns[entity])].map((column) => `e.${column}`);
  const columns = Object.keys(rosterColumns[entity].columns).map((column) => `${overlaid(column, "e")} as ${column}`);
  return `(
      select ${plain.join(", ")},
        ${columns.join(",\n        ")}
      from ${rosterColumns[entity].table} e
      left join ${keptOf(context, entity, "sis_value")} k on k.record_id = e.id
      where e.district_id = ${context.district})`;
}

/**
 * Lays the edits over an entity's plan, which was made without them: notes what a kept column would have without its
 * edit where that changes, and plans the roster's own value instead. A record of which nothing else changes is
 * unchanged.
 */
export async function layEditsOver(context: PlanContext, entity: LinkEntity): Promise<void> {
  if (!context.kept.has(entity)) return;
  const plan = context.staging.plan[entity];
  const columns = Object.keys(rosterColumns[entity].columns);
  await execute(
    context,
    `insert into ${tableOf(context.staging.keptNews)} (entity, record_id, field, before, after)
    select '${entity}', k.record_id, k.field, k.sis_value, to_jsonb(p) -> k.field
    from ${plan} p
    join kept_values k
      on k.district_id = ${context.district}
      and k.entity = '${entity}'
      and k.record_id = p.record_id
    where k.sis_value is distinct from to_jsonb(p) -> k.field`,
  );
  const planned = columns.map((column) => overlaid(column, "p"));
  await execute(
    context,
    `update ${tableOf(plan)} p set
      ${columns.map((column) => `${column} = o.${column}`).join(",\n      ")},
      action = case
        when p.action = 'updated' and not o.differs then 'unchanged'
        else p.action
      end
    from (
      select
        p.external_id,
        ${columns.map((column, index) => `${planned[index]} as ${column}`).join(",\n        ")},
        row(${planned.join(", ")})
          is distinct from row(${columns.map((column) => `e.${column}`).join(", ")}) as differs
      from ${plan} p
      join ${keptOf(context, entity, "value")} k on k.record_id = p.record_id
      join ${rosterOf(context, entity)} e on e.id = p.record_id) o
    where ${isOwn(context.staging, "p")} and o.external_id = p.external_id`,
  );
}

/**
 * Incoming people as they are matched: whose account an admin gave another address or number has that one, and of
 * whether theirs could be read nothing depends. As `incoming.users`, with what matching asks for.
 */
export function usersToMatch(context: PlanContext): string {
  const users = context.staging.incoming.users;
  if (!context.kept.has("account")) return users;
  const links = `
      select l.external_id, l.record_id from source_records l
      where l.district_id = ${context.district}
        and l.integration_id = ${context.integration}
        and l.collection = 'users'
        and l.record_id is not null`;
  return `(
      select u.external_id, u.part, u.position, u.role,
        ${overlaid("email", "u")} as email,
        ${overlaid("student_number", "u")} as student_number,
        case
          when k.fields is null then u.unreadable
          else array(select x from unnest(u.unreadable) x where x <> all (k.fields))
        end as unreadable
      from ${users} u
      left join (
        select l.external_id, k.fields, k.kept
        from (${links}) l
        join ${keptOf(context, "account", "value")} k on k.record_id = l.record_id
        where not exists (
          select from ${context.staging.accountMatches} m
          where m.external_id = l.external_id and m.left_id is not null)) k on k.external_id = u.external_id)`;
}

/**
 * Part of applying: what kept columns would have without their edits, and in the records' history that it changed. The
 * roster's revision is raised afterwards.
 */
export async function writeKeptNews(context: Applying, tx: Tx): Promise<void> {
  const news = `${context.staging.keptNews} n`;
  const [row] = await context.sql.unsafe(`select exists (select from ${news}) as found`);
  if (row?.found !== true) return;
  await execute(
    context,
    `insert into record_edits (district_id, record_id, entity, action, before, after, actor_kind, run_id,
      roster_revision)
    select
      n.district_id,
      n.record_id,
      min(n.entity),
      'said',
      jsonb_object_agg(n.field, n.before),
      jsonb_object_agg(n.field, n.after),
      'worker',
      ${context.run},
      ${(await readRevision(tx)) + 1}
    from ${news}
    group by n.district_id, n.record_id
    ${byInsert}`,
  );
  await execute(
    context,
    `update kept_values k set sis_value = n.after
    from ${news}
    where k.district_id = ${context.district} and k.record_id = n.record_id and k.field = n.field`,
  );
}
