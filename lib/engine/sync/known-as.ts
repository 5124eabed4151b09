import type { Fate } from "#lib/platform/db/schema/source-records.ts";
import { mirrorOf, type PlanContext } from "./plan-context.ts";

/** Whether the SIS has the id, and has nobody and nothing to roster by it: a parent, a district office. As SQL. */
export function isNotRostered(context: PlanContext, collection: "orgs" | "users", id: string): string {
  return isKnownAs(context, collection, id, "not-rostered", ["not-rostered"]);
}

/** Whether a record that is named was left out or waits: then it has an issue of its own. As SQL. */
export function hasOwnIssue(context: PlanContext, collection: "classes" | "users", id: string): string {
  return isKnownAs(context, collection, id, "left-out", ["left-out", "waiting", "withheld"]);
}

/** Whether this run sets the id aside as that; or has nothing of it, and the mirror has it with one of these fates. */
function isKnownAs(
  context: PlanContext,
  collection: "orgs" | "classes" | "users",
  id: string,
  disposition: string,
  fates: readonly Fate[],
): string {
  const { incoming, setAside } = context.staging;
  const isAside = (where: string) =>
    `exists (select from ${setAside} s where s.collection = '${collection}' and s.external_id = ${id}${where})`;
  const isAsideNow = isAside(` and s.disposition = '${disposition}'`);
  if (context.isFirst) return isAsideNow;
  return `(${isAsideNow}
          or (not ${isAside("")}
            and not exists (select from ${incoming[collection]} i where i.external_id = ${id})
            and exists (
              select from ${mirrorOf(context, collection)} m
              where m.external_id = ${id} and m.fate in (${fates.map((fate) => `'${fate}'`).join(", ")}))))`;
}
