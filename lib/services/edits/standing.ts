import type { AnyScope, DistrictScope } from "#lib/platform/access.ts";
import { planAgain } from "#lib/platform/db/plan-again.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import { noteAndAudit } from "./history.ts";
import { type EditedEntity, Reason } from "./schema.ts";
import { sisStatusOf } from "./sis-status.ts";

/*
 * Whether a record is in use by an admin's decision: barring a person, archiving a classroom, and giving either back to the SIS. Accounts
 * are deactivated and reactivated in lib/services/accounts/write.ts, admins' too. docs/edits.md has the table.
 */

type Opened = Pick<Services, "db" | "now">;
interface Standing {
  readonly status: "active" | "deactivated";
  readonly deactivatedBy: "sync" | "admin" | null;
  readonly barredAt: Date | null;
  readonly role: string | null;
  readonly sisStatus: "active" | "deactivated" | null;
}

/**
 * Does not let a teacher or learner sign in, who stays active and in their classes, whatever syncs say. Sessions end.
 * @throws ServiceError `not-found`, `invalid` without a reason
 */
export async function barPerson(services: Opened, scope: DistrictScope<"edit-people">, id: string, input: unknown): Promise<void> {
  const { reason } = parseOrRefuse(Reason, input, "Nothing was changed.");
  await change(services, scope, "account", id, async (tx, { barredAt }) => {
    if (barredAt !== null) return;
    await tx.sql`
      update accounts set barred_at = ${services.now().toISOString()}, session_epoch = session_epoch + 1
      where district_id = ${tx.districtId} and id = ${id}`;
    const event = { entity: "account", recordId: id, action: "barred", reason } as const;
    await noteAndAudit(tx, scope, event, "account-barred", services.now());
  });
}

/** Lets them sign in again. @throws ServiceError `not-found` */
export async function unbarPerson(services: Opened, scope: DistrictScope<"edit-people">, id: string): Promise<void> {
  await change(services, scope, "account", id, async (tx, { barredAt }) => {
    if (barredAt === null) return;
    await tx.sql`update accounts set barred_at = null where district_id = ${tx.districtId} and id = ${id}`;
    await noteAndAudit(tx, scope, { entity: "account", recordId: id, action: "unbarred" }, "account-unbarred", services.now());
  });
}

/**
 * Archives a classroom: nobody sees it, and no sync brings it back. Its memberships stay as they are and go on following the SIS.
 * @throws ServiceError `not-found`, `invalid` without a reason
 */
export async function archiveClassroom(services: Opened, scope: DistrictScope<"edit-people">, id: string, input: unknown): Promise<void> {
  const { reason } = parseOrRefuse(Reason, input, "Nothing was changed.");
  await change(services, scope, "classroom", id, async (tx, { status, deactivatedBy }) => {
    if (deactivatedBy === "admin") return;
    await setStatus(tx, "classroom", id, "deactivated", "admin", services.now());
    await note(services, tx, scope, { entity: "classroom", id, action: "archived", reason, before: status, after: "deactivated" });
  });
}

/** Brings a classroom back, also one that the SIS withdrew, until the SIS brings it back itself. @throws ServiceError `not-found` */
export async function restoreClassroom(services: Opened, scope: DistrictScope<"edit-people">, id: string): Promise<void> {
  await change(services, scope, "classroom", id, async (tx, { status }) => {
    if (status === "active") return;
    await setStatus(tx, "classroom", id, "active", null, null);
    await note(services, tx, scope, { entity: "classroom", id, action: "restored", before: status, after: "active" });
  });
}

/**
 * Gives a record's status back to the SIS: active while one has it; else deactivated, with the memberships that follow it, as a sync
 * would have done.
 * @throws ServiceError `not-found`, `precondition` where no SIS knows the record
 */
export async function releaseStatus(
  services: Opened,
  scope: DistrictScope<"edit-people">,
  entity: EditedEntity,
  id: string,
): Promise<void> {
  await change(services, scope, entity, id, async (tx, { status, deactivatedBy, sisStatus }) => {
    if (sisStatus === null) throw new ServiceError("precondition", "No SIS knows this record, so there is nothing to give it back to.");
    if (status === sisStatus && deactivatedBy !== "admin") return;
    const by = sisStatus === "deactivated" ? "sync" : null;
    await setStatus(tx, entity, id, sisStatus, by, sisStatus === "deactivated" ? await endedAt(tx, id) : null);
    if (sisStatus === "deactivated") await endMemberships(tx, entity, id);
    await note(services, tx, scope, { entity, id, action: "status-released", before: status, after: sisStatus });
  });
}

/** When the last of its links ended: from then on its retention counts, as if nobody had decided otherwise. */
async function endedAt(tx: Tx, id: string): Promise<Date> {
  const [row] = await tx.sql<{ at: Date }[]>`
    select coalesce(max(ended_at), now()) as at from source_records where district_id = ${tx.districtId} and record_id = ${id}`;
  return new Date(row?.at ?? 0);
}

async function endMemberships(tx: Tx, entity: EditedEntity, id: string): Promise<void> {
  await tx.sql`
    update memberships m set status = 'deactivated', deactivated_at = now(), updated_at = now()
    where m.district_id = ${tx.districtId} and ${tx.sql(entity === "account" ? "account_id" : "classroom_id")} = ${id} and m.status = 'active'
      and exists (select from source_records s where s.district_id = m.district_id and s.record_id = m.id)`;
}

async function setStatus(
  tx: Tx,
  entity: EditedEntity,
  id: string,
  status: Standing["status"],
  by: Standing["deactivatedBy"],
  at: Date | null,
): Promise<void> {
  const ends = entity === "account" && status === "deactivated" ? tx.sql`, session_epoch = session_epoch + 1` : tx.sql``;
  await tx.sql`
    update ${tx.sql(entity === "account" ? "accounts" : "classrooms")} set status = ${status}, deactivated_by = ${by},
      deactivated_at = ${at?.toISOString() ?? null}, updated_at = now() ${ends}
    where district_id = ${tx.districtId} and id = ${id}`;
}

interface StatusEvent {
  readonly entity: EditedEntity;
  readonly id: string;
  readonly action: "archived" | "restored" | "status-released";
  readonly reason?: string;
  readonly before: string;
  readonly after: string;
}
const auditedAs = { archived: "classroom-archived", restored: "classroom-restored", "status-released": "edit-released" } as const;

async function note(services: Opened, tx: Tx, scope: AnyScope, event: StatusEvent): Promise<void> {
  const { entity, id, action, reason, before, after } = event;
  const told = { entity, recordId: id, action, reason: reason ?? null, before: { status: before }, after: { status: after } };
  await noteAndAudit(tx, scope, told, auditedAs[action], services.now());
}

async function change(
  services: Opened,
  scope: DistrictScope<"edit-people">,
  entity: EditedEntity,
  id: string,
  write: (tx: Tx, standing: Standing) => Promise<void>,
): Promise<void> {
  const missing = new ServiceError("not-found", entity === "account" ? "There is no such person." : "There is no such classroom.");
  if (!isUuid(id)) throw missing;
  await withDistrict(services.db, scope, async (tx) => {
    await raiseRosterRevision(tx);
    const isAccount = entity === "account";
    const [standing] = await tx.sql<Standing[]>`
      select status, deactivated_by as "deactivatedBy", ${isAccount ? tx.sql`barred_at` : tx.sql`null::timestamptz`} as "barredAt",
        ${isAccount ? tx.sql`role` : tx.sql`null`} as role, ${sisStatusOf(tx, entity, tx.sql`${id}::uuid`)} as "sisStatus"
      from ${tx.sql(isAccount ? "accounts" : "classrooms")} where district_id = ${tx.districtId} and id = ${id} for update`;
    if (!standing || standing.role === "admin") throw missing;
    await write(tx, standing);
    await planAgain(tx, [id]);
  });
}
