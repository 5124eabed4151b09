import { uuidLiteral } from "#lib/platform/db/literals.ts";
import { isOldestGrade } from "#lib/platform/db/plan-parts.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { waitingPlanOf } from "#lib/platform/db/waiting-plans.ts";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import type { HeldExample, HeldLook } from "./held-schema.ts";

const most = 4;

type Kind = "stays" | "moves" | "finishes" | "leaves" | "teacher-leaves" | "arrives" | "details" | "linked";

/** Whom to look at first, and in which order they are shown. */
const picked: readonly Kind[] = ["leaves", "teacher-leaves", "stays", "moves", "finishes", "linked", "details", "arrives"];
const order: readonly Kind[] = ["stays", "moves", "linked", "details", "arrives", "finishes", "leaves", "teacher-leaves"];

const kinds: Readonly<Record<Kind, (year: boolean) => string>> = {
  stays: () => "stays at the school",
  moves: () => "goes on to another school",
  finishes: () => "finished the oldest grade",
  leaves: (year) => (year ? "below the oldest grade" : "is missing from the SIS"),
  "teacher-leaves": () => "teacher, is missing from the SIS",
  arrives: () => "is new",
  details: () => "is called otherwise",
  linked: () => "comes by another id",
};

interface Row {
  readonly kind: Kind;
  readonly id: string;
  readonly role: "learner" | "teacher";
  readonly exists: boolean;
  readonly name: string;
  readonly newName: string | null;
  readonly email: string | null;
  readonly newEmail: string | null;
  readonly grade: string | null;
  readonly newGrade: string | null;
  readonly school: string | null;
  readonly newSchool: string | null;
  readonly classes: number;
  readonly newClasses: number;
  readonly externalId: string | null;
}

/** Up to four people of a plan that waits, one for each kind of change, as they are and as they would be. */
export async function readExamples(tx: Tx, runId: string, look: HeldLook): Promise<readonly HeldExample[]> {
  const year = look === "new-year";
  const { plan, statusChanges } = waitingPlanOf({ districtId: tx.districtId, runId });
  const district = uuidLiteral(tx.districtId);
  const one = (kind: Kind, which: string) => `(
        select '${kind}' as kind, c.record_id, c.external_id from run_changes c
        left join accounts e on e.district_id = ${district} and e.id = c.record_id
        where c.district_id = ${district} and c.run_id = ${uuidLiteral(runId)} and c.entity in ('learner', 'teacher') and ${which}
        order by c.seq limit 1)`;
  const oldest = year ? isOldestGrade({ district }, "e.grade") : "false";
  const isUpdated = "c.entity = 'learner' and c.action = 'updated'";
  const candidates = [
    one("stays", `${isUpdated} and c.after ? 'grade' and not c.after ? 'school_ids'`),
    one("moves", `${isUpdated} and c.after ? 'school_ids'`),
    one("finishes", `c.entity = 'learner' and c.action = 'deactivated' and ${oldest}`),
    one("leaves", `c.entity = 'learner' and c.action = 'deactivated' and not coalesce(${oldest}, false)`),
    one("teacher-leaves", "c.entity = 'teacher' and c.action = 'deactivated'"),
    one("arrives", "c.action = 'created'"),
    one("details", "c.action = 'updated' and c.after ?| array['given_name', 'family_name', 'email', 'student_number']"),
    one("linked", "c.action = 'linked'"),
  ];
  const rows = await tx.sql.unsafe<Row[]>(`
    with picked as materialized (${candidates.join("\n      union all\n      ")}),
    planned as materialized (select * from ${plan.account} p where record_id in (select record_id from picked)),
    ending as (
      select m.account_id, count(*)::int as count
      from memberships m
      where m.district_id = ${district} and m.account_id in (select record_id from picked) and m.status = 'active'
        and m.id in (select record_id from ${statusChanges} s where entity = 'membership' and action = 'deactivated')
      group by 1),
    coming as (
      select account_id, count(*)::int as count from ${plan.membership} p
      where action in ('created', 'reactivated') and account_id in (select record_id from picked)
      group by 1),
    there as (
      select account_id, count(*)::int as count from memberships m
      where district_id = ${district} and status = 'active' and account_id in (select record_id from picked)
      group by 1),
    places as (
      select id, name from schools where district_id = ${district}
      union all
      select record_id, name from ${plan.school} p where action = 'created')
    select k.kind, k.record_id as id, k.external_id as "externalId", coalesce(e.role, p.role) as role, e.id is not null as exists,
      trim(coalesce(e.given_name, p.given_name) || ' ' || coalesce(e.family_name, p.family_name)) as name,
      trim(p.given_name || ' ' || p.family_name) as "newName", e.email, p.email as "newEmail",
      e.grade, p.grade as "newGrade", s.name as school, n.name as "newSchool",
      coalesce(h.count, 0) as classes, coalesce(h.count, 0) - coalesce(x.count, 0) + coalesce(c.count, 0) as "newClasses"
    from picked k
    left join accounts e on e.district_id = ${district} and e.id = k.record_id
    left join planned p on p.record_id = k.record_id
    left join places s on s.id = e.school_ids[1]
    left join places n on n.id = p.school_ids[1]
    left join there h on h.account_id = k.record_id
    left join ending x on x.account_id = k.record_id
    left join coming c on c.account_id = k.record_id`);
  const chosen = picked.flatMap((kind) => rows.find((row) => row.kind === kind) ?? []).slice(0, most);
  return chosen.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)).map((row) => inWords(row, year));
}

function inWords(row: Row, year: boolean): HeldExample {
  const { kind, id, role, exists, name, grade, newGrade, school, newSchool, classes, newClasses } = row;
  const at = (code: string | null, place: string | null) =>
    [code === null ? null : formatGrade(code), place].filter((part) => part !== null).join(", ") ||
    (role === "teacher" ? "Teacher" : "Learner");
  const inClasses = (count: number) => formatCount(count, "class", "classes");
  const isGone = kind === "leaves" || kind === "finishes" || kind === "teacher-leaves";
  const example = { id, role: exists ? role : null, name, kind: kinds[kind](year), isOdd: kind === "leaves" || kind === "teacher-leaves" };
  if (!exists)
    return { ...example, before: ["Not in Aivo", null], after: [at(newGrade, newSchool), newClasses === 0 ? null : inClasses(newClasses)] };
  if (isGone)
    return {
      ...example,
      before: [`${at(grade, school)}, can sign in`, inClasses(classes)],
      after: ["Can no longer sign in", "the SIS does not list them"],
    };
  if (kind === "details")
    return { ...example, before: [name, row.email ?? "no email"], after: [row.newName ?? name, row.newEmail ?? "no email"] };
  if (kind === "linked")
    return {
      ...example,
      before: [at(grade, school), inClasses(classes)],
      after: [at(newGrade ?? grade, newSchool ?? school), `by the id ${row.externalId ?? "of the SIS"}`],
    };
  const isSame = school === newSchool;
  return {
    ...example,
    before: [at(grade, isSame ? null : school), inClasses(classes)],
    after: [at(newGrade, isSame ? null : newSchool), inClasses(newClasses)],
  };
}
