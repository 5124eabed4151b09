import type { DistrictScope } from "#lib/platform/access.ts";
import { membersOfParts } from "#lib/platform/db/plan-parts.ts";
import type { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { hasWaitingPlan, waitingPlanOf } from "#lib/platform/db/waiting-plans.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { isOfNewYear } from "#lib/roster/guard/finding.ts";
import { fieldsOfParts, type PartId } from "#lib/roster/plan-parts.ts";
import { allOf, likePattern, wordsOf } from "#lib/services/people/search.ts";
import { isCalled } from "#lib/services/people/words.ts";
import type { Services } from "#lib/services/services.ts";
import { inWords, type StoredChange } from "./change-words.ts";
import { fieldLabel } from "./fields.ts";
import { PartQuery, type PartRecord } from "./part-records-schema.ts";
import { type Page, pageSize } from "./schema.ts";

interface Member {
  readonly id: string;
  readonly grade: string | null;
  readonly place: string | null;
  readonly total: number;
}

/**
 * A page of the records of one part of a plan that waits, by name; any of them can be left out of its approval. One look at the part, whatever is
 * asked of it.
 * @throws ServiceError `not-found`, `invalid`, `precondition` where the run does not wait
 */
export function readPartRecords(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  runId: string,
  input: unknown,
): Promise<Page<PartRecord>> {
  const { part, q, page } = parseOrRefuse(PartQuery, input, "The part is not known.");
  return withDistrict(services.db, scope, async (tx) => {
    const isNewYear = await requireWaiting(tx, runId);
    const members = tx.sql.unsafe(membersOfParts(tx.districtId, waitingPlanOf({ districtId: tx.districtId, runId }), isNewYear));
    const rows = await tx.sql<Member[]>`
      with members as materialized (select distinct record_id from ${members} m where m.part = ${part}),
      matching as materialized (${named(tx, part, wordsOf(q))})
      select id, grade, place, (select count(*)::int from matching) as total from matching
      order by first, second, id limit ${pageSize} offset ${(page - 1) * pageSize}`;
    return { rows: await described(tx, runId, part, rows), total: rows[0]?.total ?? 0, page, pageSize };
  });
}

const firstSchool = (tx: Tx, ids: string) =>
  tx.sql`(select s.name from schools s where s.district_id = ${tx.districtId} and s.id = ${tx.sql.unsafe(ids)})`;

/** The members of a part with what they are sorted by, those that have all the words. */
function named(tx: Tx, part: PartId, words: readonly string[]) {
  const own = (alias: "a" | "c" | "e") => tx.sql`${tx.sql.unsafe(alias)}.district_id = ${tx.districtId}`;
  const classHas = (word: string) => tx.sql`lower(c.name || ' ' || coalesce(c.code, '')) like ${likePattern(word)}`;
  const all = (has: (word: string) => ReturnType<typeof classHas>) =>
    allOf(tx, [tx.sql`true`, ...words.map((word) => tx.sql`(${has(word)})`)]);
  if (part === "classes-end")
    return tx.sql`
      select c.id, null::text as grade, ${firstSchool(tx, "c.school_id")} as place, c.name as first, coalesce(c.code, '') as second
      from members m join classrooms c on ${own("c")} and c.id = m.record_id where ${all(classHas)}`;
  if (part === "memberships-end")
    return tx.sql`
      select e.id, null::text as grade, null::text as place, a.family_name as first, a.given_name || ' ' || c.name as second
      from members m
      join memberships e on ${own("e")} and e.id = m.record_id
      join accounts a on ${own("a")} and a.id = e.account_id
      join classrooms c on ${own("c")} and c.id = e.classroom_id
      where ${all((word) => tx.sql`${isCalled(tx, "a", [word])} or ${classHas(word)}`)}`;
  return tx.sql`
    select a.id, a.grade, ${firstSchool(tx, "a.school_ids[1]")} as place, a.family_name as first, a.given_name as second
    from members m join accounts a on ${own("a")} and a.id = m.record_id where ${isCalled(tx, "a", words)}`;
}

async function described(tx: Tx, runId: string, part: PartId, members: readonly Member[]): Promise<PartRecord[]> {
  const changes = await tx.sql<StoredChange[]>`
    select c.seq, c.entity, c.action, c.record_id as "recordId", c.external_id as "externalId", c.reason, c.before, c.after
    from run_changes c
    where c.district_id = ${tx.districtId} and c.run_id = ${runId} and c.record_id = any(${members.map(({ id }) => id)}::uuid[])
      and c.action <> 'created' and c.action in ('updated', 'deactivated')`;
  const words = new Map((await inWords(tx, { id: runId, hasPlan: true }, changes)).map((row) => [row.recordId, row]));
  const ofPart = part === "learners-move-up" || part === "details" ? fieldsOfParts[part] : null;
  const labels = new Set(ofPart === null ? [] : [...ofPart.learner, ...ofPart.teacher].map(fieldLabel));
  return members.flatMap(({ id, grade, place }) => {
    const row = words.get(id);
    if (row === undefined) return [];
    const at = [grade === null ? null : formatGrade(grade), place].filter((one) => one !== null).join(", ");
    const ofDetails = part === "details" && row.entity === "learner" ? new Set(fieldsOfParts.details.learner.map(fieldLabel)) : labels;
    return {
      id,
      label: row.label,
      place: at === "" ? null : at,
      fields: row.fields.filter(({ field }) => ofDetails.has(field)),
      record: row.record,
    };
  });
}

/** Whether the plan is of a new school year. */
async function requireWaiting(tx: Tx, runId: string): Promise<boolean> {
  const [run] = isUuid(runId)
    ? await tx.sql<Pick<typeof syncRuns.$inferSelect, "state" | "findings">[]>`
        select state, findings from sync_runs where district_id = ${tx.districtId} and id = ${runId}`
    : [];
  if (!run) throw new ServiceError("not-found", "There is no such sync.");
  const isWaiting = run.state === "held" || run.state === "previewed";
  if (!isWaiting || !(await hasWaitingPlan(tx.sql, tx.districtId, runId)))
    throw new ServiceError("precondition", "This sync does not wait for a decision.");
  return isOfNewYear(run.findings ?? []);
}
