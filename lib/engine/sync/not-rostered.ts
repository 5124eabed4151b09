import { mirrorOf, type PlanContext } from "./plan-context.ts";

/** Whether the SIS has the id, and has nobody and nothing to roster by it: a parent, a district office. As SQL. */
export function isNotRostered(context: PlanContext, collection: "orgs" | "users", id: string): string {
  const { incoming, setAside } = context.staging;
  const isAside = (where: string) =>
    `exists (select from ${setAside} s where s.collection = '${collection}' and s.external_id = ${id}${where})`;
  const isAsideNow = isAside(" and s.disposition = 'not-rostered'");
  if (context.isFirst) return isAsideNow;
  return `(${isAsideNow} or (not ${isAside("")} and not exists (select from ${incoming[collection]} i where i.external_id = ${id})
    and exists (select from ${mirrorOf(context, collection)} m where m.external_id = ${id} and m.fate = 'not-rostered')))`;
}
