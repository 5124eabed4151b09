import type { SourceChange } from "#lib/platform/db/schema/source-records.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import { type Applying, byInsert, execute } from "./plan-context.ts";

/*
 * Changes of rows of the mirror that were there before, each with how the row was: so that the run can be taken back.
 */

/** The integration's rows of a collection, as a condition on `alias`. */
export function isOurs({ district, integration }: Applying, collection: Collection, alias = "m"): string {
  return `${alias}.district_id = ${district}
        and ${alias}.integration_id = ${integration}
        and ${alias}.collection = '${collection}'`;
}

/** As `update source_records m set … from … where …`, where `set` is by column. */
export interface MirrorUpdate {
  readonly set: Readonly<Record<string, string>>;
  readonly from: string;
  readonly where: string;
}

/**
 * Updates rows of a collection, and keeps of each what that changed. The update itself is beside the rows as they were,
 * `o`: on Citus what follows it would see them as they are then.
 */
export async function updateRecords(context: Applying, collection: Collection, { set, from, where }: MirrorUpdate): Promise<void> {
  const columns = Object.keys(set);
  const needed = [...new Set([...compared, ...columns])];
  await execute(
    context,
    `with changed as (
      update source_records m set ${columns.map((column) => `${column} = ${set[column]}`).join(", ")}
      from ${from}, source_records o
      where ${isOurs(context, collection)} and ${where}
        and ${isOurs(context, collection, "o")} and o.external_id = m.external_id
      returning
        m.external_id,
        ${needed.map((column) => `m.${column}, o.${column} as old_${column}`).join(",\n        ")})
    insert into source_record_changes as c (district_id, run_id, collection, external_id, record_id, changes, before)
    select
      ${context.district},
      ${context.run},
      '${collection}',
      n.external_id,
      coalesce(n.old_record_id, n.record_id),
      ${whatChanged},
      ${columns.map(asItWas).join("\n      || ")}
    from changed n
    on conflict (district_id, run_id, collection, external_id) do update set
      before = excluded.before || c.before,
      changes = array(select distinct change from unnest(c.changes || excluded.changes) change order by change)`,
  );
}

/** Deletes rows of a collection, and keeps each as a whole. */
export async function deleteRecords(
  context: Applying,
  collection: Collection,
  { using, where }: { readonly using: string; readonly where: string },
): Promise<void> {
  await execute(
    context,
    `with gone as (
      delete from source_records m
      using ${using}
      where ${isOurs(context, collection)} and ${where}
      returning m.*)
    insert into source_record_changes (district_id, run_id, collection, external_id, record_id, changes, before)
    select
      ${context.district},
      ${context.run},
      '${collection}',
      external_id,
      record_id,
      '{gone}',
      jsonb_strip_nulls(to_jsonb(gone) - '{district_id,integration_id,collection,external_id}'::text[])
    from gone
    ${byInsert}`,
  );
}

/** What tells in which ways a row has changed. */
const folded = ["role", "school_external_ids", "grade", "student_number"];
const compared = ["hash", "fate", "reason", "missing_since", "stale", "record_id", "rostered", "roles_apart", ...folded];

/** When a row `n` has changed in a way: what it was is in `old_` columns. */
const changeWhen: Readonly<Record<Exclude<SourceChange, "gone">, string>> = {
  content: "n.old_hash is distinct from n.hash",
  decided: `row(n.old_fate, n.old_reason, n.old_missing_since, n.old_stale)
          is distinct from row(n.fate, n.reason, n.missing_since, n.stale)
        or n.roles_apart and row(${folded.map((column) => `n.old_${column}`).join(", ")})
          is distinct from row(${folded.map((column) => `n.${column}`).join(", ")})`,
  "link-made": "n.old_record_id is null and n.record_id is not null",
  "link-moved": "n.old_record_id <> n.record_id",
  "link-revived": "n.old_record_id is not null and not n.old_rostered and n.rostered",
  "link-ended": "n.old_rostered and not n.rostered",
};

const whatChanged = `array_remove(array[${Object.entries(changeWhen)
  .map(([change, when]) => `case when ${when} then '${change}' end`)
  .join(",\n        ")}], null)`;

const asItWas = (column: string) =>
  `case when n.old_${column} is distinct from n.${column} then jsonb_build_object('${column}', n.old_${column}) else '{}' end`;
