import { eq } from "drizzle-orm";
import fc from "fast-check";
import type { Edit, World } from "#lib/engine/sync/model/delta-histories.ts";
import type { ModelApart } from "#lib/engine/sync/model/fold.ts";
import { roleEdit } from "#lib/engine/sync/model/role-histories.ts";
import type { RawRow } from "#lib/engine/testing/sync.ts";
import { districts, integrations } from "#lib/platform/db/schema/index.ts";
import { asReadingRules } from "#lib/roster/reading-rules.ts";
import type { Services } from "#lib/services/services.ts";
import type { District, Sis } from "./world.ts";

/*
 * Test-only: one of the two SISs may speak OneRoster 1.2, in which people come without roles, and roles are rows of their own with days of
 * their own.
 */

/** Which of the two speaks 1.2; null: none. */
export const speakers = fc.constantFrom(null, 0 as const, 1 as const);

export const roleEdits: fc.Arbitrary<Edit[]> = fc.array(roleEdit, { maxLength: 4 });

const rules = asReadingRules({ graceDays: 2, roleWords: { "ext:coach": "teaching" } });

/** People as 1.2 has them: the first of their schools is their primary org. */
function withoutRole({ role: _, orgSourcedIds = "", ...person }: RawRow): RawRow {
  return { ...person, primaryOrgSourcedId: orgSourcedIds.split(",")[0] ?? "" };
}

/** The same SIS in the words of 1.2: whoever has a school has the role there. */
export function toldApart(world: World): World {
  const people = Object.entries(world.users);
  const roles = people.map(([id, { role = "", orgSourcedIds = "" }], n) => [
    `r${n + 1}`,
    { userSourcedId: id, role, roleType: "primary", orgSourcedId: orgSourcedIds, beginDate: "", endDate: "" },
  ]);
  return { ...world, users: Object.fromEntries(people.map(([id, row]) => [id, withoutRole(row)])), roles: Object.fromEntries(roles) };
}

/** What of the edits can happen in the SIS, in its own words. */
export function inWordsOf({ speaks }: Pick<Sis, "speaks">, edits: readonly Edit[]): Edit[] {
  if (speaks !== "1.2") return edits.filter(({ collection }) => collection !== "roles");
  return edits.map((edit) => (edit.collection === "users" && edit.row ? { ...edit, row: withoutRole(edit.row) } : edit));
}

export async function readBy({ db }: Services, integrationId: string): Promise<void> {
  await db.orm.update(integrations).set({ readingRules: rules }).where(eq(integrations.id, integrationId));
}

/** By what the model folds the roles of the SIS: the day in the district's zone, by the database's clock. */
export async function foldedBy({ services, scope }: District, { speaks }: Sis): Promise<{ readonly apart?: ModelApart }> {
  if (speaks !== "1.2") return {};
  const [day] = await services.db.sql<{ today: string }[]>`
    select (now() at time zone timezone)::date::text as today from districts where id = ${scope.districtId}`;
  if (!day) throw new Error("the district is gone");
  return { apart: { today: day.today, rules } };
}

/** As far as zones go. */
const mostNights = 6;

/** Lets so many nights pass for roles: the database's clock is nobody's to set, but the zone is. */
export async function passNights(world: District, nights: number): Promise<void> {
  world.nights = Math.min(mostNights, world.nights + nights);
  if (world.nights === 0) return;
  await world.services.db.orm
    .update(districts)
    .set({ timezone: `DAY-${world.nights * 24}` })
    .where(eq(districts.id, world.scope.districtId));
}
