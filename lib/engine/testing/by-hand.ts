import fc from "fast-check";
import { operatorScope } from "#lib/platform/access.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { type ChangedColumns, keepValues, releaseValues } from "#lib/platform/db/keep-values.ts";
import { planAgain } from "#lib/platform/db/plan-again.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import type { EditedEntity } from "#lib/platform/db/schema/edits.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";

/** Test-only: what an admin does to the roster between two syncs, in the small world of random histories. */
export interface ByHand {
  readonly kind: "edit" | "release" | "archive" | "restore";
  readonly entity: EditedEntity;
  /** Which of the records that a SIS has, modulo how many there are. */
  readonly nth: number;
  readonly values: Readonly<Record<string, unknown>>;
}

const some = <T>(...values: T[]) => fc.constantFrom(...values);
/** Values that nobody is matched by. */
const plainOfPeople = { username: some("edited", null), grade: some("05", null), middle_name: some("M", null) };
export const ofPeople = {
  ...plainOfPeople,
  given_name: some("Zed", "Ann"),
  family_name: some("Quist", "Li"),
  email: some("a@x.example", "b@x.example", "edited@x.example", null),
  student_number: some("1", "2", "9", null),
  school_ids: fc.constant([]),
};
export const ofClasses = { name: some("A", "Edited"), code: some("X", null), subjects: some([], ["Art"]), term_ids: fc.constant([]) };

/** Steps by hand; `isPlain`: only such as lead nobody to another account, and take none away. */
export function stepsByHand(isPlain = false): fc.Arbitrary<ByHand[]> {
  const step = (entity: EditedEntity, fields: Record<string, fc.Arbitrary<unknown>>, kinds: ByHand["kind"][]) =>
    fc.record({
      kind: some(...kinds),
      entity: fc.constant(entity),
      nth: fc.nat({ max: 4 }),
      values: fc.record(fields, { requiredKeys: [] }),
    });
  const kinds: ByHand["kind"][] = ["edit", "edit", "release"];
  return fc.array(
    fc.oneof(
      step("account", isPlain ? plainOfPeople : ofPeople, kinds),
      step("classroom", ofClasses, isPlain ? kinds : [...kinds, "archive", "restore"]),
    ),
    { maxLength: 3 },
  );
}

const collections = { account: "users", classroom: "classes" } as const;

/**
 * Does so. Records are named by what their SISs call them, so that two districts with equal histories mean the same. `note`: who keeps the
 * records' history, on the floor above.
 */
export async function doByHand(
  db: Database,
  districtId: string,
  steps: readonly ByHand[],
  note: (tx: Tx, done: ChangedColumns & { readonly entity: EditedEntity; readonly recordId: string }) => Promise<void> = async () => {},
): Promise<void> {
  for (const { kind, entity, nth, values } of steps) {
    await withDistrict(db, operatorScope(districtId), async (tx) => {
      const records = await tx.sql<{ id: string }[]>`
        select s.record_id as id from source_records s
        join integrations i on i.district_id = s.district_id and i.id = s.integration_id
        where s.district_id = ${districtId} and s.collection = ${collections[entity]} and s.record_id is not null
        group by s.record_id order by min((i.created_at, s.external_id)::text)`;
      const id = records[nth % Math.max(records.length, 1)]?.id;
      if (id === undefined) return;
      await raiseRosterRevision(tx);
      const by = { accountId: null, at: new Date() };
      if (kind === "release") await note(tx, { entity, recordId: id, ...(await releaseValues(tx, entity, id)) });
      else if (kind === "edit") await note(tx, { entity, recordId: id, ...(await keepValues(tx, entity, id, values, by)) });
      else await archive(kind === "archive");

      async function archive(isArchived: boolean) {
        await tx.sql`
          update classrooms set status = ${isArchived ? "deactivated" : "active"}, deactivated_by = ${isArchived ? "admin" : null}
          where district_id = ${districtId} and id = ${id ?? ""}
            and case when ${isArchived} then true else deactivated_by = 'admin' end`;
        await planAgain(tx, [id ?? ""]);
      }
    });
  }
}
