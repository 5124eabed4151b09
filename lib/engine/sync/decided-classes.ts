import { linksOf, type PlanContext, rosterOf } from "./plan-context.ts";
import { leavingLinks } from "./recognise.ts";

/** What admins decided about classes (lib/services/classrooms/decide.ts), as queries of external_id and record_id. */
export interface DecidedClasses {
  /** The class of Aivo that an incoming one is; not where another incoming one, or one that stays unread, leads to it. */
  readonly same: string;
  /** A class of Aivo that an incoming one is not. */
  readonly another: string;
}

/** Null: about no class of this integration. */
export async function findDecidedClasses(context: PlanContext, select: string): Promise<DecidedClasses | null> {
  const isOurs = `district_id = ${context.district} and integration_id = ${context.integration}`;
  const [row] = await context.sql.unsafe(`select exists (select from class_decisions where ${isOurs}) as found`);
  if (row?.found !== true) return null;
  const decided = (verdict: "same" | "another") => `(
        select external_id, classroom_id as record_id from class_decisions where ${isOurs} and verdict = '${verdict}')`;
  const links = linksOf(context, "classroom");
  const same = `(
      select d.external_id, d.record_id
      from ${decided("same")} d
      join (${select}) i on i.external_id = d.external_id
      join ${rosterOf(context, "classroom")} c on c.id = d.record_id
      where not exists (
        select from ${links} o
        where o.record_id = d.record_id
          and o.external_id <> d.external_id
          and (exists (select from ${context.all.classes} a where a.external_id = o.external_id)
            or o.rostered
              and not exists (
                select from ${leavingLinks(context, "classroom")} v where v.external_id = o.external_id))))`;
  return { same, another: decided("another") };
}

/** What planEntity calls `match`, with what admins decided over what was recognised. A class can leave the one that its link leads to. */
export function overRecognised(context: PlanContext, match: string, decided: DecidedClasses): string {
  const links = linksOf(context, "classroom");
  return `(
      select r.* from ${match} r
      where not exists (select from ${decided.same} s where s.external_id = r.external_id or s.record_id = r.record_id)
        and not exists (
          select from ${decided.another} a where a.external_id = r.external_id and a.record_id = r.record_id)
      union all
      select s.external_id, s.record_id, 'decided', case when l.record_id <> s.record_id then l.record_id end
      from ${decided.same} s
      left join ${links} l on l.external_id = s.external_id
      union all
      select a.external_id, null, null, a.record_id
      from ${decided.another} a
      join ${links} l on l.external_id = a.external_id and l.record_id = a.record_id
      where not exists (select from ${decided.same} s where s.external_id = a.external_id))`;
}
