import type { Collection } from "#lib/roster/canonical.ts";
import type { Apart } from "./apart.ts";
import { byCalendar } from "./due-by-calendar.ts";
import { growsBy, mirrorOf, type PlanContext } from "./plan-context.ts";
import { restage } from "./restage.ts";
import { addTo, fill } from "./work.ts";

/**
 * Takes up again whoever may be something else, or somewhere else, than when they were planned: whose roles or enrollments are news or
 * begin or end by the calendar, whose class is at another school, whose org came or went. Roles whose person or org is news are taken up
 * themselves, since they may count now, or no longer.
 */
export async function restageFolded(context: PlanContext, apart: Apart): Promise<void> {
  const { staging } = context;
  const orgs = news(context, "orgs");
  const isAnyOrg = await isAny(context, orgs);
  if (isAnyOrg) await restage(context, "roles", `m.school_external_id in (${orgs})`, "whatever the scope");
  await restage(context, "roles", `m.person_external_id = any (array(${news(context, "users")}))`, "whatever the scope");

  const classes = `${news(context, "classes")}${
    isAnyOrg
      ? ` union select m.external_id
      from ${mirrorOf(context, "classes")} m where m.school_external_id in (${orgs})`
      : ""
  }`;
  const people = [
    `select person_external_id from ${context.all.roles} r`,
    ...namedBefore(context, "roles"),
    `select person_external_id from ${context.all.enrollments} e`,
    ...namedBefore(context, "enrollments"),
    ...byCalendar(context, apart),
  ];
  await fill(context, "peopleToFold", `select distinct q.id from (${people.join(" union all ")}) q (id) where q.id is not null`);
  if (await isAny(context, classes)) {
    await addTo(
      context,
      "peopleToFold",
      `select distinct m.person_external_id from ${mirrorOf(context, "enrollments")} m
      where m.person_external_id is not null and m.class_external_id in (${classes})`,
    );
  }
  const [row] = await context.sql.unsafe<{ count: number }[]>(`select count(*)::int as count from ${staging.work.peopleToFold} p`);
  await growsBy(context, row?.count ?? 0);
  await restage(
    context,
    "users",
    `m.roles_apart and m.external_id = any (array(select external_id from ${staging.work.peopleToFold} p))`,
    "whatever the scope",
  );
}

/** Ids of a collection that this read brings, or takes away. */
function news(context: PlanContext, collection: Collection): string {
  return `
      select i.external_id from ${context.all[collection]} i where i.said <> 'again'
      union
      select s.external_id from ${context.staging.setAside} s
      where s.collection = '${collection}' and s.said <> 'same' and s.external_id is not null`;
}

/** Whom rows that change or go named before. */
function namedBefore(context: PlanContext, collection: "roles" | "enrollments"): readonly string[] {
  return [
    `select m.person_external_id from ${mirrorOf(context, collection)} m
    where m.external_id = any (array(${news(context, collection)}))`,
  ];
}

async function isAny(context: PlanContext, ids: string): Promise<boolean> {
  const [row] = await context.sql.unsafe<{ found: boolean }[]>(`select exists (${ids}) as found`);
  return row?.found === true;
}
