import type { Tx } from "#lib/platform/db/tx.ts";
import type { Finding, Subject } from "#lib/roster/guard/finding.ts";

/** Enough to see what it looks like. */
const shown = 5;

/** Findings with changes of the run that show them; who these are about is looked up when they are shown. */
export async function findExamples(
  tx: Tx,
  runId: string,
  findings: readonly Finding[],
  hasExamples: (finding: Finding) => boolean,
): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const finding of findings) {
    const examples = finding.subject === null || !hasExamples(finding) ? [] : await examplesOf(tx, runId, finding.subject);
    found.push({ ...finding, examples });
  }
  return found;
}

/** The first changes of the run of the finding's subject: its entities and action, and its column, school or class. */
async function examplesOf(tx: Tx, runId: string, { entities, action, column, schoolId, classroomId }: Subject): Promise<number[]> {
  const isOfSchool = tx.sql`(
    exists (
      select from accounts a
      where a.district_id = ${tx.districtId}
        and a.id = c.record_id
        and ${schoolId ?? null}::uuid = any(a.school_ids))
    or exists (
      select from classrooms k
      where k.district_id = ${tx.districtId}
        and k.id = c.record_id
        and k.school_id = ${schoolId ?? null}::uuid))`;
  const isOfClass = tx.sql`exists (
    select from memberships m
    where m.district_id = ${tx.districtId}
      and m.id = c.record_id
      and m.classroom_id = ${classroomId ?? null}::uuid)`;
  const does = {
    deactivated: tx.sql`c.action = 'deactivated'`,
    changed: tx.sql`c.action in ('updated', 'reactivated')`,
    linked: tx.sql`c.reason like '%matched by%'`,
  }[action];
  const rows = await tx.sql<{ seq: string }[]>`
    select c.seq from run_changes c
    where c.district_id = ${tx.districtId}
      and c.run_id = ${runId}
      and c.entity = any(${[...entities]}::text[])
      and ${does}
      ${column === undefined ? tx.sql`` : tx.sql`and c.after ? ${column}`}
      ${schoolId === undefined ? tx.sql`` : tx.sql`and ${isOfSchool}`}
      ${classroomId === undefined ? tx.sql`` : tx.sql`and ${isOfClass}`}
    order by c.seq
    limit ${shown}`;
  return rows.map(({ seq }) => Number(seq));
}
