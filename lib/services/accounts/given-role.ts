import { z } from "zod";
import type { accounts } from "#lib/platform/db/schema/roster.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { type AdminRole, adminRoles, definitionOf } from "#lib/platform/roles.ts";

/** A role as it is given: with the schools (Aivo's ids), where it is about some of them. */
export const givenRole = {
  role: z.enum(adminRoles, { error: "Choose a role" }).default("admin"),
  schools: z
    .array(z.uuid({ error: "Choose schools of the list" }))
    .max(200)
    .default([]),
};
export const GivenRole = z.object(givenRole);

/**
 * What of an account says its role. Schools are named by Aivo's ids, which stay through a new number or id of the SIS; one that is withdrawn
 * stays given, with nothing to see in it but what was there.
 * @throws ServiceError `invalid` at `schools` where a school is none of the district, or one is missing or not called for
 */
export async function columnsOfRole(
  tx: Tx,
  { role, schools }: { readonly role: AdminRole; readonly schools: readonly string[] },
): Promise<Pick<typeof accounts.$inferSelect, "adminRole" | "schoolIds">> {
  const ids = [...new Set(schools)];
  const isOfSchools = definitionOf(role).reach === "schools";
  if (isOfSchools && ids.length === 0) throw refused("Choose at least one school.");
  if (!isOfSchools && ids.length > 0) throw refused(`A ${definitionOf(role).label.toLowerCase()} is for the whole district.`);
  if (isOfSchools) {
    const [known] = await tx.sql<{ count: number }[]>`
      select count(*)::int as count from schools where district_id = ${tx.districtId} and id = any(${ids}::uuid[])`;
    if (known?.count !== ids.length) throw refused("There is no such school in this district.");
  }
  return { adminRole: role === "admin" ? null : role, schoolIds: ids };
}

const refused = (what: string) => new ServiceError("invalid", "The role cannot be given.", { schools: what });
