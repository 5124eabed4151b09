import { type Collection, collections } from "#lib/roster/canonical.ts";
import type { IssueCode } from "#lib/roster/issue-codes.ts";
import { execute, type PlanContext, type Writing } from "./plan-context.ts";

/** What is wrong with a record may be right once another record changes; all other issues only its own change can mend. */
const resolvedByOthers: readonly IssueCode[] = [
  "reference-school",
  "reference-term",
  "reference-course",
  "reference-org",
  "reference-class",
  "reference-user",
  "enrollment-role",
  "enrollment-repeated",
  "match-contested",
  "match-ambiguous",
  "match-role",
  "email-shared",
  "student-number-shared",
];

/** Adds to a read of changes what earlier runs read and could not place, unless the SIS says something newer of it. */
export async function restageUnresolved(context: PlanContext): Promise<void> {
  for (const collection of collections) {
    if (context.modes[collection] !== "delta") continue;
    const incoming = context.staging.incoming[collection];
    await execute(
      context,
      `insert into ${incoming}
      select (jsonb_populate_record(null::${incoming}, u.row)).* from unresolved_records u
      where u.district_id = ${context.district} and u.integration_id = ${context.integration} and u.collection = '${collection}'
        and not exists (select from ${incoming} i where i.external_id = u.external_id)
        and not exists (select from ${context.staging.setAside} s where s.collection = u.collection and s.external_id = u.external_id)`,
    );
  }
}

/** Puts aside, with the plan, what this run could not place. */
export async function collectUnresolved(context: PlanContext): Promise<void> {
  const { incoming, plan, unresolved } = context.staging;
  const codes = resolvedByOthers.map((code) => `'${code}'`).join(", ");
  for (const collection of collections) {
    if (context.modes[collection] === "absent") continue;
    const repeated =
      collection === "enrollments"
        ? ` union select external_id from ${plan.membership} where record_id in (select record_id from ${plan.membership} where action = 'merged')`
        : "";
    await execute(
      context,
      `insert into ${unresolved} (collection, external_id, row)
      select '${collection}', i.external_id, to_jsonb(i) from ${incoming[collection]} i
      where i.external_id in (
        select external_id from run_issues
        where district_id = ${context.district} and run_id = ${context.run} and collection = '${collection}' and code in (${codes})${repeated})`,
    );
  }
}

/** Remembers them for the next read of changes; part of the transaction that applies. */
export async function keepUnresolved(
  context: Writing & Pick<PlanContext, "sql">,
  modes: Readonly<Record<Collection, string>>,
): Promise<void> {
  const read = collections.filter((collection) => modes[collection] !== "absent").map((collection) => `'${collection}'`);
  if (read.length === 0) return;
  await execute(
    context,
    `delete from unresolved_records
    where district_id = ${context.district} and integration_id = ${context.integration} and collection in (${read.join(", ")})`,
  );
  await execute(
    context,
    `insert into unresolved_records (district_id, integration_id, collection, external_id, row)
    select ${context.district}, ${context.integration}, collection, external_id, row from ${context.staging.unresolved}`,
  );
}
