import { incomingColumns } from "#lib/platform/db/staging.ts";
import { asReadColumns } from "#lib/platform/db/staging-columns.ts";
import {
  type Collection,
  collectionOfLinkEntity,
  collections,
  isRosteredCollection,
  linkEntities,
  linkEntityOfCollection,
  rosteredCollections,
} from "#lib/roster/canonical.ts";
import { deleteRecords, updateRecords } from "./mirror-changes.ts";
import { keyOf } from "./news.ts";
import { type Applying, execute } from "./plan-context.ts";
import type { Present } from "./present.ts";

/**
 * Brings the mirror to what the SIS said, what became of it and where it leads; part of the transaction that applies.
 * Only rows that change are written, and of those that were there before it is kept how they were. A row that is new is
 * told by its run_id. Nothing is asked of what is not `present`.
 */
export async function writeMirror(context: Applying, present: Present): Promise<void> {
  for (const collection of collections) {
    await endMissing(context, collection, present);
    await writeAside(context, collection, present);
    await changeRecords(context, collection, present);
    if (present.incoming(collection, "new")) await addRecords(context, collection);
  }
}

/** The plan of what leads to no record. */
const noPlan = "(select null::text as external_id, null::uuid as record_id, null::text as matched_by, null::text as action where false)";

/** An incoming record `i` with its plan `p` and, if others keep it from being placed, why: `w`. */
function planned(context: Applying, collection: Collection): string {
  const { incoming, plan, waiting } = context.staging;
  const own = isRosteredCollection(collection) ? plan[linkEntityOfCollection[collection]] : noPlan;
  return `${incoming[collection]} i
    left join ${own} p on p.external_id = i.external_id
    left join (
      select external_id, min(reason) as reason from ${waiting} w
      where collection = '${collection}'
      group by external_id) w on w.external_id = i.external_id`;
}

/** Of people whose roles are told apart and of roles it may be settled before they are planned (fold-roles.ts). */
const hasStanding = (collection: Collection) => collection === "users" || collection === "roles";

function fateOf(collection: Collection): string {
  return `case
        when i.out_of_scope is not null then 'out-of-scope'
        ${hasStanding(collection) ? "when i.standing is not null then i.standing" : ""}
        ${collection === "roles" ? "when true then 'rostered'" : ""}
        when p.external_id is not null then 'rostered'
        when w.reason in ('match-takeover', 'match-ignored', 'withheld') then 'withheld'
        else 'waiting'
      end`;
}

function reasonOf(collection: Collection): string {
  return `case
        when i.out_of_scope is not null then null
        ${hasStanding(collection) ? "when i.standing is not null then i.standing_reason" : ""}
        when p.external_id is null then w.reason
        when p.action = 'merged' then ${collection === "users" ? "'several-ids'" : "'enrollment-repeated'"}
      end`;
}

/**
 * Adds the rows that are new, each with its content as it was read, what became of it and where it leads. In the order of their ids: a SIS
 * exports them in any, and an index that is filled here and there is half as large again.
 */
async function addRecords(context: Applying, collection: Collection): Promise<void> {
  const columns = Object.keys(incomingColumns[collection]);
  await execute(
    context,
    `insert into source_records (district_id, integration_id, collection, external_id, hash, fate, reason,
      record_id, matched_by, rostered, linked_at, out_of_scope_since, run_id, source_part, source_position,
      ${columns.join(", ")})
    select
      i.district_id,
      ${context.integration},
      '${collection}',
      i.external_id,
      i.hash,
      ${fateOf(collection)},
      ${reasonOf(collection)},
      p.record_id,
      p.matched_by,
      p.record_id is not null,
      case when p.record_id is not null then now() end,
      case when i.out_of_scope is not null then now() end,
      ${context.run},
      i.part,
      i.position,
      ${columns.map((column) => `i.${column}`).join(", ")}
    from ${planned(context, collection)}
    where i.said = 'new'
    order by i.external_id`,
  );
}

/** Each column of the mirror's content with what `n` says of it; blank where the collection has no such column. */
function contentOf(columns: Readonly<Record<string, string>>, others: Readonly<Record<string, string>>): Record<string, string> {
  const blank = Object.keys(others).filter((column) => !(column in columns));
  return Object.fromEntries([...Object.keys(columns).map((column) => [column, `n.${column}`]), ...blank.map((column) => [column, "null"])]);
}

/** What a row says that the run itself read. */
const asReadNow = (context: Applying) => ({
  hash: "n.hash",
  reason: "n.reason",
  missing_since: "null",
  run_id: context.run,
  source_part: "n.part",
  source_position: "n.position",
  since: "now()",
});

/** Those that the SIS changed, and those that others changed. */
async function changeRecords(context: Applying, collection: Collection, present: Present): Promise<void> {
  const link = {
    record_id: "coalesce(n.record_id, m.record_id)",
    matched_by: "coalesce(n.matched_by, m.matched_by)",
    rostered: "m.rostered or n.record_id is not null",
    linked_at: "case when n.record_id is not null and not m.rostered then n.at else m.linked_at end",
    ended_at: "case when n.record_id is null then m.ended_at end",
    out_of_scope_since: "case when n.out_of_scope is not null then coalesce(m.out_of_scope_since, n.at) end",
  };
  // Which is to be withdrawn and is withheld: asked about again by the next run.
  const isOut = "coalesce(n.out_of_scope = 'withdraw' and m.rostered, false)";
  const isOver =
    collection === "users"
      ? ` or coalesce(n.standing_reason = 'role-over' and m.rostered, false) and not exists (
          select from ${context.staging.endedLinks} x where x.entity = 'account' and x.external_id = n.external_id)`
      : "";
  const stale = `(${isOut}${isOver})`;
  const from = (said: string) => `(
      select i.*, p.record_id, p.matched_by, ${fateOf(collection)} as fate, ${reasonOf(collection)} as reason,
        now() as at
      from ${planned(context, collection)}
      where i.said = '${said}') n`;
  if (present.incoming(collection, "changed"))
    await updateRecords(context, collection, {
      set: { ...contentOf(incomingColumns[collection], asReadColumns), fate: "n.fate", ...link, ...asReadNow(context), stale },
      from: from("changed"),
      where: "m.external_id = n.external_id",
    });
  if (present.incoming(collection, "again"))
    await updateRecords(context, collection, {
      set: { fate: "n.fate", reason: "n.reason", ...link, ...(collection === "users" ? cameTo : {}), stale },
      from: from("again"),
      where: `m.external_id = n.external_id
      and (m.stale <> ${stale}
        ${collection === "users" ? `or n.roles_apart and row(${inFold("m")}) is distinct from row(${inFold("n")})` : ""}
        or row(m.fate, m.reason) is distinct from row(n.fate, n.reason)
        or n.record_id is not null and (m.record_id is distinct from n.record_id or not m.rostered))`,
    });
}

/** What the roles of a person came to: it may be something else although the SIS says the same of the person. */
const folded = ["role", "school_external_ids", "grade", "student_number"];
const inFold = (alias: string) => folded.map((column) => `${alias}.${column}`).join(", ");
const cameTo = Object.fromEntries(folded.map((column) => [column, `n.${column}`]));

/** Rows that were read and cannot be used, or are not meant to be. A link that the id has goes on. */
async function writeAside(context: Applying, collection: Collection, present: Present): Promise<void> {
  const columns = Object.keys(asReadColumns);
  const rows = (said: string, dispositions: string) => `(
      select distinct on (1) ${keyOf("s")} as key, s.*
      from ${context.staging.setAside} s
      where s.collection = '${collection}'
        and not s.added
        and s.said = '${said}'
        and s.disposition in (${dispositions})
      order by 1, s.part, s.position) n`;
  if (present.aside(collection, ["left-out", "not-rostered"], "changed"))
    await updateRecords(context, collection, {
      set: {
        // A role that cannot be read now goes on as the one that it was: nobody loses a school by a misspelt date. One that was gone is none.
        ...(collection === "roles"
          ? { role: "case when m.fate <> 'withdrawn' then m.role end" }
          : contentOf(asReadColumns, incomingColumns[collection])),
        fate: "n.disposition",
        ...asReadNow(context),
        stale: "false",
        out_of_scope_since: "case when n.disposition = 'left-out' then m.out_of_scope_since end",
      },
      from: rows("changed", "'left-out', 'not-rostered'"),
      where: "m.external_id = n.key",
    });
  if (present.aside(collection, ["left-out", "not-rostered", "withdrawn"], "new"))
    await execute(
      context,
      `insert into source_records (district_id, integration_id, collection, external_id, hash, fate, reason,
      run_id, source_part, source_position, ${columns.join(", ")})
    select n.district_id, ${context.integration}, '${collection}', n.key, n.hash, n.disposition, n.reason,
      ${context.run}, n.part, n.position, ${columns.map((column) => `n.${column}`).join(", ")}
    from ${rows("new", "'left-out', 'not-rostered', 'withdrawn'")}`,
    );
}

/**
 * What the SIS has no longer: its link ends, or goes on and is noted as missing, since a row without an id may be it or
 * since it is not known yet whose it is. Rows without an id leave nothing behind.
 */
async function endMissing(context: Applying, collection: Collection, present: Present): Promise<void> {
  const { setAside, endedLinks, suspended } = context.staging;
  const gone = { fate: "'withdrawn'", reason: "null", missing_since: "null", stale: "false", run_id: context.run };
  const withdrawn = { ...gone, out_of_scope_since: "null" };
  const isIn = (dispositions: string) =>
    `s.collection = '${collection}' and s.disposition in (${dispositions}) and m.external_id = s.external_id`;
  const areGone = present.aside(collection, ["withdrawn", "missing"]);
  const areNews = present.aside(collection, ["withdrawn", "missing"], "changed");
  if (areGone)
    await deleteRecords(context, collection, { using: `${setAside} s`, where: `${isIn("'missing'")} and m.external_id < chr(2)` });
  if (!isRosteredCollection(collection)) {
    if (areNews)
      await updateRecords(context, collection, {
        set: withdrawn,
        from: `${setAside} s`,
        where: `${isIn("'withdrawn', 'missing'")} and s.said = 'changed' and m.fate <> 'withdrawn'`,
      });
    return;
  }
  const entity = linkEntityOfCollection[collection];
  if (present.ended(entity, false))
    await updateRecords(context, collection, {
      set: { rostered: "false", ended_at: "now()", ...withdrawn },
      from: `${endedLinks} x`,
      where: `x.entity = '${entity}' and not x.by_scope and m.external_id = x.external_id`,
    });
  if (present.ended(entity, true))
    await updateRecords(context, collection, {
      set: { rostered: "false", ended_at: "now()" },
      from: `${endedLinks} x`,
      where: `x.entity = '${entity}' and x.by_scope and m.external_id = x.external_id`,
    });
  if (areNews)
    await updateRecords(context, collection, {
      set: withdrawn,
      from: `${setAside} s`,
      where: `${isIn("'withdrawn', 'missing'")} and s.said = 'changed' and not m.rostered and m.fate <> 'withdrawn'`,
    });
  if (!areGone) return;
  const isSuspended = `exists (
          select from ${suspended} u
          where u.entity = '${entity}' and u.external_id = m.external_id)`;
  await updateRecords(context, collection, {
    set: { missing_since: "now()", out_of_scope_since: "null", reason: `case when ${isSuspended} then m.reason else 'withheld' end` },
    from: `${setAside} s`,
    where: `${isIn("'withdrawn', 'missing'")} and m.rostered and m.missing_since is null`,
  });
}

/**
 * Notes on other integrations' rows that the record they lead to was changed: what they say of it is to be planned
 * again. Only where another integration rosters anything. That is not kept to be taken back: to plan a row once more
 * than needed changes nothing.
 */
export async function markStale(context: Applying): Promise<void> {
  const { plan, endedLinks, statusChanges } = context.staging;
  for (const entity of linkEntities) {
    const collection = collectionOfLinkEntity[entity];
    await execute(
      context,
      `update source_records m set stale = true
      where m.district_id = ${context.district}
        and m.integration_id <> ${context.integration}
        and m.collection = '${collection}'
        and m.rostered
        and not m.stale
        and m.fate in ('rostered', 'waiting', 'withheld')
        and m.record_id in (
          select record_id from ${plan[entity]} p where action in ('updated', 'reactivated')
          union
          select record_id from ${endedLinks} x where entity = '${entity}'
          union
          select record_id from ${statusChanges} s where entity = '${entity}'
          union
          select l.record_id
          from ${plan[entity]} p
          join source_records l
            on l.district_id = ${context.district}
            and l.integration_id = ${context.integration}
            and l.collection = '${collection}'
            and l.external_id = p.external_id
          where p.link = 'moved'
          union
          select record_id from ${changedScope(context, collection)} c)`,
    );
  }
}

/**
 * The records of a collection of which it changes whether they are in the integration's scope, and so whether others
 * supply them. Of what is not planned any more for another reason no value changes.
 */
function changedScope(context: Applying, collection: Collection): string {
  return `(
          select l.record_id
          from ${context.staging.incoming[collection]} i
          join source_records l
            on l.district_id = ${context.district}
            and l.integration_id = ${context.integration}
            and l.collection = '${collection}'
            and l.external_id = i.external_id
          where l.record_id is not null and (i.out_of_scope is not null) <> (l.fate = 'out-of-scope'))`;
}

/** Whether applying changes of any record whether it is in the integration's scope. */
export async function changesScope(context: Applying): Promise<boolean> {
  const any = rosteredCollections.map((collection) => `exists (select from ${changedScope(context, collection)} c)`);
  const [row] = await context.sql.unsafe(`select ${any.join(" or ")} as found`);
  return row?.found === true;
}
