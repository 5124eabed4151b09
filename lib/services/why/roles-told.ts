import { todayOf } from "#lib/platform/db/class-days.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { formatSpan } from "#lib/platform/format/date-time.ts";
import type { Called } from "./missing.ts";
import type { SourceChain, WhyLink } from "./schema.ts";
import { noLink } from "./sources.ts";

interface RoleTold extends Called {
  readonly role: string | null;
  readonly type: string | null;
  readonly org: string | null;
  readonly beginDate: string | null;
  readonly lastDay: string | null;
  readonly when: "now" | "ahead" | "over";
  readonly fate: string;
}

/** So many of one person are told. */
const mostRoles = 20;

/**
 * Chains of people with what the SIS says of their roles, where it tells those apart (OneRoster 1.2): each with its org, its days, and
 * whether it counts today. What somebody is, why they wait and why they left follows from them.
 */
export async function withRoles(tx: Tx, chains: readonly SourceChain[], called: readonly Called[]): Promise<readonly SourceChain[]> {
  if (called.length === 0) return chains;
  const rows = await tx.sql<RoleTold[]>`
    select r.integration_id as "integrationId", r.person_external_id as "externalId", r.role, r.type, r.fate,
      coalesce(o.name, r.school_external_id) as org, r.begin_date::text as "beginDate", (r.end_date - 1)::text as "lastDay",
      case when r.begin_date > t.today then 'ahead' when r.end_date <= t.today then 'over' else 'now' end as when
    from unnest(${called.map((one) => one.integrationId)}::uuid[], ${called.map((one) => one.externalId)}::text[]) as a (integration_id, external_id)
    join source_records r
      on r.district_id = ${tx.districtId} and r.integration_id = a.integration_id and r.person_external_id = a.external_id
        and r.collection = 'roles' and r.fate <> 'withdrawn'
    left join source_records o
      on o.district_id = ${tx.districtId} and o.integration_id = r.integration_id and o.external_id = r.school_external_id
        and o.collection = 'orgs'
    cross join (select ${tx.sql.unsafe(todayOf(tx.districtId))} as today) t
    order by r.begin_date nulls first, r.role, org, r.external_id`;
  return chains.map((chain, n) => {
    const one = called[n];
    const own = rows.filter(({ integrationId, externalId }) => integrationId === one?.integrationId && externalId === one.externalId);
    if (own.length === 0) return chain;
    const [said, ...others] = chain.links;
    return { ...chain, links: [...(said ? [said] : []), linkOf(own), ...others] };
  });
}

function linkOf(roles: readonly RoleTold[]): WhyLink {
  const told = roles.slice(0, mostRoles).map(inWords);
  const more = roles.length > mostRoles ? ` And ${roles.length - mostRoles} more.` : "";
  return { ...noLink, link: "roles", title: "Their roles", state: "told", says: `${told.join("; ")}.${more}` };
}

function inWords({ role, type, org, beginDate, lastDay, when, fate }: RoleTold): string {
  const remarks = [
    type === "primary" ? "primary" : null,
    formatSpan(beginDate, lastDay),
    when === "ahead" ? "not yet" : when === "over" ? "over" : null,
    fate === "not-rostered"
      ? "counts for nothing"
      : fate === "waiting"
        ? "waits for what it names"
        : fate === "left-out"
          ? "cannot be read"
          : null,
  ].filter(Boolean);
  return `${role ?? "A role without a word"} at ${org ?? "no org"}${remarks.length === 0 ? "" : ` (${remarks.join(", ")})`}`;
}
