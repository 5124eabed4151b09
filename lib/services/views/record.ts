import { createHash } from "node:crypto";
import {
  type Actor,
  type AnyScope,
  beyondSchools,
  isOfSchools,
  type OwnScope,
  operatorScope,
  type ReachScope,
} from "#lib/platform/access.ts";
import { smallestUuidv7 } from "#lib/platform/db/partitions.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import { keptFilter } from "./filter.ts";
import { idsIn } from "./ids.ts";

/** Where somebody was shown people. */
export interface Door {
  /** A page or route as app/doors.ts has it, or the words of a command. */
  readonly door: string;
  /** The id of the record whose page it is: a person, a class, a sync. Left out: a list. */
  readonly subject?: string;
  readonly filter?: Readonly<Record<string, unknown>>;
}

type Seeing = ReachScope<never> | OwnScope;

/** The same to the same within this time is one view: pages are loaded again, and ask for news by themselves. */
export const sameForMinutes = 5;

/**
 * Hands on what is about to be shown, and first records, in a district that asks for it, who is shown whom: one statement, and nothing but ids. What
 * shows nobody of the district but the reader is not recorded. If it cannot be recorded, it is not shown.
 */
export async function show<T>(services: Pick<Services, "db" | "now">, scope: Seeing, door: Door, shown: T): Promise<T> {
  const ids = idsIn([door.subject, shown]);
  if (ids.length > 0) await inTheDistrict(services, scope, (tx) => write(tx, services, scope.actor, { ...door, ids, isOnce: true }));
  return shown;
}

/** The same for what is handed over in parts: all of them are one view, each recorded before it leaves. */
export function showEach<T>(
  services: Pick<Services, "db" | "now">,
  scope: Seeing,
  door: Door,
  deliver: (rows: readonly T[]) => Promise<void>,
): (rows: readonly T[]) => Promise<void> {
  let view: string | null = null;
  return async (rows) => {
    const ids = idsIn(rows);
    if (ids.length > 0)
      view = await inTheDistrict(services, scope, async (tx) => {
        if (view === null) return write(tx, services, scope.actor, { ...door, ids, isOnce: false });
        await add(tx, scope.actor, view, ids);
        return view;
      });
    await deliver(rows);
  };
}

/** For what takes out everybody of a district at once: who that was is not listed, but found by when they were there. */
export async function showEverybody(services: Pick<Services, "db">, scope: AnyScope, { door }: Door): Promise<void> {
  await withDistrict(services.db, scope, (tx) => {
    const { kind, id } = actorOf(scope.actor);
    return tx.sql`
      insert into views (district_id, id, actor_kind, actor_id, door, everyone)
      select id, uuidv7(), ${kind}, ${id}, ${door}, true from districts where id = ${tx.districtId} and records_views
      on conflict do nothing`;
  });
}

/**
 * For the command line, whose commands are of one district, of several or of none: whose people an answer names says which.
 * @param door the words of the command
 */
export async function showOperator(services: Pick<Services, "db" | "now">, door: string, shown: unknown): Promise<void> {
  const ids = idsIn(shown);
  if (ids.length === 0) return;
  const districts = await services.db.sql<{ id: string }[]>`
    select id from districts d
    where records_views and exists (select from accounts a where a.district_id = d.id and a.id = any(${ids as string[]}::uuid[]))`;
  for (const { id } of districts) await show(services, operatorScope(id), { door }, ids);
}

/** The one place in which somebody who may only read writes. Workers show nobody anything. */
async function inTheDistrict<T>(services: Pick<Services, "db">, scope: Seeing, work: (tx: Tx) => Promise<T>): Promise<T> {
  return withDistrict(services.db, isOwn(scope) ? scope : beyondSchoolsIfAny(scope), work);
}

const isOwn = (scope: Seeing): scope is OwnScope => "accountId" in scope;
const beyondSchoolsIfAny = (scope: ReachScope<never>) => (isOfSchools(scope) ? beyondSchools(scope) : scope);

interface View extends Door {
  readonly ids: readonly string[];
  /** Whether the same a moment ago counts for this one. */
  readonly isOnce: boolean;
}

/**
 * Nothing is in conflict with what is new; said so, Citus brings the rows by INSERT (docs/decisions/008).
 * @returns the id of the view; null: none was to be recorded
 */
async function write(tx: Tx, { now }: Pick<Services, "now">, actor: Actor, view: View): Promise<string | null> {
  // Most districts ask for none: to plan what writes one takes longer than a page's own questions.
  const [wanted] = await tx.sql`select from districts where id = ${tx.districtId} and records_views`;
  if (wanted === undefined) return null;
  const { kind, id } = actorOf(actor);
  const { door, subject = null, ids } = view;
  const filter = keptFilter(view.filter ?? {});
  const fingerprint = view.isOnce ? fingerprintOf([kind, id, door, subject, filter, ids]) : null;
  const since = smallestUuidv7(new Date(now().getTime() - sameForMinutes * 60_000));
  const [made] = await tx.sql<{ id: string }[]>`
    with people as materialized (${peopleAmong(tx, id, ids)}),
    view as (
      insert into views (district_id, id, actor_kind, actor_id, door, subject, filter, fingerprint)
      select ${tx.districtId}::uuid, uuidv7(), ${kind}, ${id}::uuid, ${door}, ${subject !== null && isUuid(subject) ? subject : null}::uuid,
        ${filter === null ? null : JSON.stringify(filter)}::text::jsonb, ${fingerprint}
      where exists (select from people) and not exists (
        select from views v where v.district_id = ${tx.districtId} and v.actor_id is not distinct from ${id}::uuid and v.id >= ${since}::uuid
          and v.fingerprint = ${fingerprint})
      on conflict do nothing
      returning id),
    seen as (
      insert into viewed_people (district_id, view_id, person_id)
      select ${tx.districtId}::uuid, v.id, p.id from view v, people p
      on conflict do nothing)
    select id from view`;
  return made?.id ?? null;
}

async function add(tx: Tx, actor: Actor, view: string, ids: readonly string[]): Promise<void> {
  await tx.sql`
    with people as (${peopleAmong(tx, actorOf(actor).id, ids)})
    insert into viewed_people (district_id, view_id, person_id)
    select ${tx.districtId}::uuid, ${view}::uuid, id from people on conflict do nothing`;
}

/** Where the district asks for it. Who sees themselves is not looked at. */
function peopleAmong(tx: Tx, actorId: string | null, ids: readonly string[]) {
  return tx.sql`
    select a.id from accounts a
    join districts d on d.id = a.district_id and d.records_views
    where a.district_id = ${tx.districtId} and d.id = ${tx.districtId} and a.id = any(${ids as string[]}::uuid[]) and a.id is distinct from ${actorId}::uuid`;
}

function actorOf(actor: Actor): { readonly kind: string; readonly id: string | null } {
  if (actor.kind === "account") return { kind: "account", id: actor.accountId };
  return { kind: actor.kind, id: actor.kind === "program" ? actor.clientId : null };
}

function fingerprintOf(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 22);
}
