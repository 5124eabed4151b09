import type { Tx } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { fullName } from "#lib/platform/format/person-name.ts";
import type { Called } from "./missing.ts";
import type { Ref } from "./schema.ts";
import type { Standing } from "./standing.ts";
import { calledBy, leadTo, type Told, toldOf } from "./told.ts";

export interface FoundPerson {
  readonly account: (Standing & { readonly name: string }) | null;
  /** What the SISs say of them; of whom has no account, the one row. */
  readonly rows: readonly Told[];
}

/**
 * A person of Aivo, or one of whom a SIS alone knows. Who waits is not yet the account that the id led to.
 * @throws ServiceError `not-found`
 */
export async function findPerson(tx: Tx, ref: Ref): Promise<FoundPerson> {
  if ("recordId" in ref) return ofAccount(tx, ref.recordId);
  const [row] = await toldOf(tx, "users", calledBy(tx, ref), 1);
  if (!row) throw new ServiceError("not-found", "No SIS of this district has said anything of such a person.");
  const isPlaced = row.recordId !== null && row.fate !== "waiting" && row.fate !== "withheld";
  if (isPlaced && (await findAccount(tx, row.recordId ?? "")) !== null) return ofAccount(tx, row.recordId ?? "");
  return { account: null, rows: [row] };
}

async function ofAccount(tx: Tx, id: string): Promise<FoundPerson> {
  const account = await findAccount(tx, id);
  if (account === null) throw new ServiceError("not-found", "There is no such person.");
  return { account, rows: await toldOf(tx, "users", leadTo(tx, id)) };
}

async function findAccount(tx: Tx, id: string): Promise<FoundPerson["account"]> {
  const [row] = await tx.sql<(Standing & { givenName: string; middleName: string | null; familyName: string })[]>`
    select id, role, given_name as "givenName", middle_name as "middleName", family_name as "familyName", status,
      deactivated_by as "deactivatedBy", deactivated_at as "deactivatedAt", barred_at as "barredAt", created_at as "createdAt"
    from accounts where district_id = ${tx.districtId} and id = ${id}`;
  return row ? { ...row, name: fullName(row) } : null;
}

export interface FoundClass {
  readonly room: { readonly id: string; readonly name: string; readonly status: "active" | "deactivated" } | null;
  readonly name: string;
  readonly rows: readonly Told[];
  /** What the SISs call it, also where none has sent it. */
  readonly called: readonly Called[];
}

/** The same of a class. @throws ServiceError `not-found` */
export async function findClass(tx: Tx, ref: Ref): Promise<FoundClass> {
  if ("recordId" in ref) return ofRoom(tx, ref.recordId);
  const [row] = await toldOf(tx, "classes", calledBy(tx, ref), 1);
  // Enrollments may name a class of which nothing else was ever said.
  if (!row) return { room: null, name: ref.externalId, rows: [], called: [ref] };
  if (row.recordId !== null && (await findRoom(tx, row.recordId)) !== null) return ofRoom(tx, row.recordId);
  return { room: null, name: row.name ?? row.externalId, rows: [row], called: [row] };
}

async function ofRoom(tx: Tx, id: string): Promise<FoundClass> {
  const room = await findRoom(tx, id);
  if (room === null) throw new ServiceError("not-found", "There is no such classroom.");
  const rows = await toldOf(tx, "classes", leadTo(tx, id));
  return { room, name: room.name, rows, called: rows };
}

async function findRoom(tx: Tx, id: string): Promise<FoundClass["room"]> {
  const [row] = await tx.sql<{ id: string; name: string; status: "active" | "deactivated" }[]>`
    select id, name, status from classrooms where district_id = ${tx.districtId} and id = ${id}`;
  return row ?? null;
}

/** What a person without an account is called: by the SIS. */
export function nameInSis({ givenName, familyName, externalId }: Told): string {
  return [givenName, familyName].filter(Boolean).join(" ") || (externalId < "\u0002" ? "A row without id and name" : externalId);
}
