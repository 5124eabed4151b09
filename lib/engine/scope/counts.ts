import { uuidLiteral } from "#lib/platform/db/literals.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { Collection, Entity } from "#lib/roster/canonical.ts";
import type { Scope } from "#lib/roster/scope.ts";
import { isClassOut, isPersonOut, isRecordOut, officesAmong } from "./rules.ts";

/** Of what the SIS said last, of one kind. */
export interface ScopeCount {
  readonly entity: Entity;
  /** All that it has. */
  readonly total: number;
  /** What the scope leaves out, and how many of these Aivo has now. */
  readonly out: number;
  readonly inAivo: number;
  /** How many of these are in scope now, and how many that are out now the scope takes in. */
  readonly leaving: number;
  readonly back: number;
}

const entityOf = {
  orgs: "'school'",
  academicSessions: "'term'",
  courses: "'course'",
  classes: "'classroom'",
  users: "case m.role when 'teacher' then 'teacher' else 'learner' end",
} as const;

/** What a scope would leave out of what is remembered, by one statement and the rules that a plan follows. */
export async function countByScope(tx: Tx, integrationId: string, scope: Scope): Promise<readonly ScopeCount[]> {
  const mirror = (collection: Collection, which: string) => `(
        select * from source_records k
        where k.district_id = ${uuidLiteral(tx.districtId)}
          and k.integration_id = ${uuidLiteral(integrationId)}
          and k.collection = '${collection}'
          and ${which})`;
  const known = (collection: Collection) =>
    mirror(collection, "k.fate in ('rostered', 'waiting', 'withheld', 'out-of-scope') and k.missing_since is null");
  const columns = `m.rostered, m.out_of_scope_since is not null as was_out`;
  const conditions = {
    orgs: isRecordOut(scope, "orgs", "m"),
    academicSessions: isRecordOut(scope, "academicSessions", "m"),
    courses: isRecordOut(scope, "courses", "m"),
    classes: isClassOut(scope, "m"),
    users: isPersonOut(scope, "m", officesAmong(mirror("orgs", "true"))),
  } as const;
  const records = (Object.keys(conditions) as (keyof typeof conditions)[]).map(
    (collection) => `
      select '${collection}' as collection, m.external_id, ${entityOf[collection]} as entity, ${columns},
        ${conditions[collection]} as is_out
      from ${known(collection)} m`,
  );
  const named = (collection: string) => `(select external_id from records r where r.collection = '${collection}' and r.is_out)`;
  const isEnrollmentOut = scope.kinds.includes("classes")
    ? "true"
    : `(m.class_external_id in ${named("classes")} or m.person_external_id in ${named("users")})`;
  return tx.sql.unsafe<ScopeCount[]>(`
    with records as materialized (${records.join("\n      union all")})
    select
      entity,
      count(*)::int as total,
      count(*) filter (where is_out)::int as out,
      count(*) filter (where is_out and rostered)::int as "inAivo",
      count(*) filter (where is_out and not was_out)::int as leaving,
      count(*) filter (where was_out and not is_out)::int as back
    from (
      select entity, rostered, was_out, is_out from records
      union all
      select 'membership', ${columns}, ${isEnrollmentOut} from ${known("enrollments")} m) each
    group by entity`);
}
