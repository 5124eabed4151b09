import { workerScope } from "#lib/platform/access.ts";
import { todayOf } from "#lib/platform/db/class-days.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { textLiteral, uuidLiteral } from "#lib/platform/db/literals.ts";
import type { integrations } from "#lib/platform/db/schema/integrations.ts";
import type { Staging } from "#lib/platform/db/staging.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { asReadingRules, type ReadingRules } from "#lib/roster/reading-rules.ts";
import { familyOfWord } from "#lib/roster/role-words.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { isDueByCalendar } from "./due-by-calendar.ts";

/** What planning needs to know where people's roles are told apart from them (OneRoster 1.2). */
export interface Apart {
  /** The day in the district's zone, by the database's clock: `YYYY-MM-DD`. */
  readonly today: string;
  /** The day that the last sync planned with; null: none did. */
  readonly plannedOn: string | null;
  readonly rules: ReadingRules;
}

/**
 * Null where nothing is told apart: what was read now is of another version, or of another protocol, and so was what was read before.
 * The day is looked up once, for the whole run; and whether by then anything begins or ends by the calendar.
 */
export async function apartOf(
  db: Database,
  { districtId, integrationId }: { readonly districtId: string; readonly integrationId: string },
  { onerosterVersion, readingRules }: Pick<typeof integrations.$inferSelect, "onerosterVersion" | "readingRules">,
  version: OneRosterVersion | undefined,
): Promise<(Apart & { readonly isDue: boolean }) | null> {
  if (version !== "1.2" && onerosterVersion !== "1.2") return null;
  return withDistrict(db, workerScope(districtId), async ({ sql }) => {
    const [row] = await sql.unsafe<Pick<Apart, "today" | "plannedOn">[]>(
      `select ${todayOf(districtId)}::text as today, planned_on::text as "plannedOn" from integrations where district_id = $1 and id = $2`,
      [districtId, integrationId],
    );
    if (!row) throw new Error("the integration is gone");
    const apart = { ...row, rules: asReadingRules(readingRules) };
    const ids = { sql, district: uuidLiteral(districtId), integration: uuidLiteral(integrationId) };
    return { ...apart, isDue: await isDueByCalendar(ids, apart) };
  });
}

/** The family of a role's word, as SQL; null: Aivo does not know it. Whatever a table of the connection says is after what OneRoster does. */
export function familyOfRole(word: string, { roleWords }: Pick<ReadingRules, "roleWords">): string {
  const all = Object.entries({ ...roleWords, ...familyOfWord });
  return `case ${all.map(([known, family]) => `when ${word} = ${textLiteral(known)} then '${family}'`).join(" ")} end`;
}

/** The incoming people who are planned: whose roles came to something, and each of them once. */
export function placedApart(incoming: Staging["incoming"]): Staging["incoming"] {
  return { ...incoming, users: `(select * from ${incoming.users} s where s.standing is null and s.goes_with is null)` };
}
