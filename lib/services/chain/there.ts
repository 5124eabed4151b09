import type { ReachScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { asUuid } from "#lib/services/people/read.ts";
import { findRecords } from "#lib/services/runs/records.ts";
import type { Services } from "#lib/services/services.ts";

const tables = { school: "schools", classroom: "classrooms", teacher: "accounts", learner: "accounts" } as const;

export type RecordKind = keyof typeof tables;

/**
 * Whether there is such a record where the scope reaches, by one look at its index: for what has to be said before all of it is read.
 * @throws ServiceError `not-found`
 */
export async function requireRecord(
  services: Pick<Services, "db">,
  scope: ReachScope<"read-roster">,
  kind: RecordKind,
  id: string,
): Promise<void> {
  const uuid = asUuid(id);
  const found = await withDistrict(services.db, scope, (tx) => findRecords(tx, { [tables[kind]]: [uuid] }));
  if (found.get(uuid.toLowerCase())?.kind !== kind) throw new ServiceError("not-found", `There is no such ${kind}.`);
}
