import { definitionIn } from "#lib/engine/sis/words.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { type MissingEnrollment, textOfRef } from "./schema.ts";
import { whereOfFate } from "./search.ts";
import { placeOf } from "./sources.ts";
import { type Told, toldOf } from "./told.ts";

/** So many are listed. */
export const mostMissing = 50;

/** What an integration calls a person or a class. */
export interface Called {
  readonly integrationId: string;
  readonly externalId: string;
}

/**
 * The enrollments of a person, of a class, or of one in the other, that a SIS has and Aivo does not. No index leads from a person or a class
 * to their enrollments; those that are not placed are few, and each kind of them has one: what waits, what is out of scope, and
 * what could not be read, by its issue.
 */
export async function unplacedEnrollments(
  tx: Tx,
  people: readonly Called[] | null,
  classes: readonly Called[] | null = null,
): Promise<Told[]> {
  const called = people ?? classes ?? [];
  if (called.length === 0 || classes?.length === 0) return [];
  const pairs = (of: readonly Called[]) => tx.sql`
    unnest(${of.map((one) => one.integrationId)}::uuid[], ${of.map((one) => one.externalId)}::text[])`;
  const own = tx.sql`e.district_id = ${tx.districtId} and e.integration_id = any(${called.map((one) => one.integrationId)}::uuid[])
    and e.collection = 'enrollments'
    ${people === null ? tx.sql`` : tx.sql`and (e.integration_id, e.person_external_id) in (select * from ${pairs(people)})`}
    ${classes === null ? tx.sql`` : tx.sql`and (e.integration_id, e.class_external_id) in (select * from ${pairs(classes)})`}`;
  const ids = tx.sql`
    select e.integration_id, e.external_id from source_records e
    where ${own} and e.fate in ('waiting', 'withheld')
    union
    select e.integration_id, e.external_id from source_records e
    where ${own} and e.out_of_scope_since is not null and not e.rostered
    union
    select e.integration_id, e.external_id from issues i
    join source_records e
      on e.district_id = ${tx.districtId} and e.external_id = i.key
        and e.collection = 'enrollments' and e.integration_id = i.integration_id
    where i.district_id = ${tx.districtId} and i.integration_id = any(${called.map((one) => one.integrationId)}::uuid[])
      and i.collection = 'enrollments' and i.severity = 'error' and ${own} and e.fate in ('left-out', 'not-rostered')`;
  // Most people miss nothing, and for them nothing more is asked.
  const [some] = await tx.sql`select from (${ids}) u limit 1`;
  if (some === undefined) return [];
  const found = await toldOf(tx, "enrollments", tx.sql`(m.integration_id, m.external_id) in (${ids})`, mostMissing + 1);
  // Of a SIS that was disconnected nothing is to arrive any more.
  return found.filter(({ integrationState }) => integrationState !== "removed");
}

/** The same in words, each with the class that it names. */
export async function missingInWords(tx: Tx, rows: readonly Told[]): Promise<MissingEnrollment[]> {
  const named = rows.filter(({ classExternalId }) => classExternalId !== null);
  const classes = await tx.sql<{ integrationId: string; externalId: string; name: string | null; recordId: string | null }[]>`
    select m.integration_id as "integrationId", m.external_id as "externalId", coalesce(c.name, m.name) as name, c.id as "recordId"
    from (
      select distinct * from unnest(
        ${named.map((one) => one.integrationId)}::uuid[], ${named.map((one) => one.classExternalId ?? "")}::text[])) a (integration_id, external_id)
    join source_records m
      on m.district_id = ${tx.districtId} and m.integration_id = a.integration_id
        and m.external_id = a.external_id and m.collection = 'classes'
    left join classrooms c on c.district_id = ${tx.districtId} and c.id = m.record_id`;
  return rows.map((row) => {
    const { integrationId, integrationName, externalId, classExternalId } = row;
    const found = classes.find((one) => one.integrationId === integrationId && one.externalId === classExternalId);
    const code = row.issues.find(({ code }) => code === row.reason)?.code ?? row.reason;
    const definition = code === null || code === "withheld" ? null : definitionIn(row.provider, code);
    return {
      integrationId,
      integrationName,
      externalId,
      classRef: classExternalId === null ? null : (found?.recordId ?? textOfRef({ integrationId, externalId: classExternalId })),
      className: found?.name ?? classExternalId,
      place: placeOf(row),
      where: whereOfFate[row.fate],
      cause:
        row.fate === "out-of-scope"
          ? "Out of the integration's scope"
          : (definition?.title ?? (code === "withheld" ? "It waits with the person, of whom it is not clear who they are" : "It waits")),
      remedy: row.fate === "out-of-scope" ? "Take it into the scope, if it should come through." : (definition?.remedy ?? null),
    };
  });
}
