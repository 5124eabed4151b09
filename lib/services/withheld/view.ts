import { createHash } from "node:crypto";
import type postgres from "postgres";
import { collectionOf } from "#lib/platform/db/collection-of.ts";
import { activeRunStates } from "#lib/platform/db/schema/runs.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { likePattern } from "#lib/services/people/search.ts";
import type { WithheldFilter } from "./schema.ts";

type Fragment = postgres.PendingQuery<postgres.Row[]>;
export type WithheldMeant = Omit<WithheldFilter, "page"> & { readonly rows?: readonly number[] | undefined };

/**
 * What an integration withholds, each with what is asked of it: what it is, its school, and a mark of what the SIS says, which is another as
 * soon as that is. Memberships that wait with their person or class are not among them.
 */
function withheld(tx: Tx, integrationId: string): Fragment {
  const district = tx.districtId;
  return tx.sql`(
    select w.*,
      case w.entity when 'account' then a.role else w.entity end as kind,
      case w.entity
        when 'school' then w.record_id
        when 'account' then a.school_ids[1]
        when 'classroom' then c.school_id
        when 'membership' then mc.school_id
      end as school_id,
      coalesce(
        trim(a.given_name || ' ' || a.family_name),
        c.name,
        trim(ma.given_name || ' ' || ma.family_name) || ' in ' || mc.name,
        s.name, t.name, k.name, '') as label,
      encode(sha256(convert_to(w.seq || ' ' || coalesce(r.hash::text, '') || ' ' || coalesce(w.refused_at::text, '')
        || case when r.fate = 'out-of-scope' then ' out of scope' when r.reason = 'role-over' then ' roles over' else '' end,
        'UTF8')), 'hex') as mark,
      case when r.fate = 'out-of-scope' then 'out of scope' when r.fate = 'not-rostered' and r.reason = 'role-over' then 'all roles are over' end
        as is_there_and,
      exists (
        select from sync_runs x
        where x.district_id = ${district} and x.id = w.approved_run_id and x.state in ${tx.sql([...activeRunStates])}) as is_being_applied
    from withheld_records w
    left join accounts a on w.entity = 'account' and a.district_id = ${district} and a.id = w.record_id
    left join classrooms c on w.entity = 'classroom' and c.district_id = ${district} and c.id = w.record_id
    left join memberships m on w.entity = 'membership' and m.district_id = ${district} and m.id = w.record_id
    left join classrooms mc on mc.district_id = ${district} and mc.id = m.classroom_id
    left join accounts ma on ma.district_id = ${district} and ma.id = m.account_id
    left join schools s on w.entity = 'school' and s.district_id = ${district} and s.id = w.record_id
    left join terms t on w.entity = 'term' and t.district_id = ${district} and t.id = w.record_id
    left join courses k on w.entity = 'course' and k.district_id = ${district} and k.id = w.record_id
    left join source_records r
      on r.district_id = ${district}
      and r.integration_id = w.integration_id
      and r.external_id = w.external_id
      and r.collection = ${tx.sql.unsafe(collectionOf("w.entity"))}
    where w.district_id = ${district} and w.integration_id = ${integrationId} and w.follows is null)`;
}

/** The rows that are meant, as a query. */
export function withheldMeant(tx: Tx, integrationId: string, { state, cause, kind, field, school, search, rows }: WithheldMeant): Fragment {
  const conditions = [
    state === "refused" ? tx.sql`refused_at is not null` : tx.sql`refused_at is null`,
    ...(cause === undefined ? [] : [tx.sql`cause = ${cause}`]),
    ...(kind === undefined ? [] : [tx.sql`kind = ${kind}`]),
    ...(field === undefined ? [] : [tx.sql`field = ${field === "leaves" ? "" : field}`]),
    ...(school === undefined ? [] : [school === "none" ? tx.sql`school_id is null` : tx.sql`school_id = ${school}`]),
    ...(search ? [tx.sql`(label ilike ${likePattern(search)} or external_id = ${search})`] : []),
    ...(rows === undefined ? [] : [tx.sql`seq = any(${[...rows]}::bigint[])`]),
  ];
  const all = conditions.reduce((before, one) => tx.sql`${before} and ${one}`);
  return tx.sql`(select * from ${withheld(tx, integrationId)} w where ${all})`;
}

/** What was shown, as one text: the marks of its rows, in any order. */
export function hashOfMarks(marks: readonly string[]): string {
  return createHash("sha256")
    .update([...marks].sort().join(" "))
    .digest("hex");
}
