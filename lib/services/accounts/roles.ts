import { and, eq } from "drizzle-orm";
import type { z } from "zod";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { roleOf } from "#lib/platform/roles.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import { columnsOfRole, GivenRole } from "./given-role.ts";
import { assertAnotherAdmin, isDistrictAdmin } from "./write.ts";

/**
 * Gives an admin another role, and a school admin other schools. It counts from their next request on: a session says who somebody is, and
 * what they may is looked up with it.
 * @throws ServiceError `not-found` for who is no admin, `invalid`, `precondition` for oneself and for the last active district admin
 */
export async function changeRole(
  services: Services,
  scope: DistrictScope<"manage-admins">,
  id: string,
  input: z.input<typeof GivenRole>,
): Promise<void> {
  const given = parseOrRefuse(GivenRole, input, "The role cannot be given.");
  if (scope.actor.kind === "account" && scope.actor.accountId === id)
    throw new ServiceError("precondition", "You cannot change your own role. Ask another district admin.");
  await withDistrict(services.db, scope, async (tx) => {
    const isOne = and(eq(accounts.districtId, tx.districtId), eq(accounts.id, id), eq(accounts.role, "admin"));
    const [account] = isUuid(id) ? await tx.orm.select().from(accounts).where(isOne).for("update") : [];
    if (!account) throw new ServiceError("not-found", "There is no such admin.");
    if (isDistrictAdmin(account) && given.role !== "admin" && account.status === "active") await assertAnotherAdmin(tx, id);
    const columns = await columnsOfRole(tx, given);
    const before = { role: roleOf(account), schools: account.schoolIds };
    const after = { role: given.role, schools: columns.schoolIds };
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    await tx.orm
      .update(accounts)
      .set({ ...columns, updatedAt: services.now() })
      .where(isOne);
    const target = { kind: "account", id };
    await appendAudit(tx, { actor: scope.actor, action: "role-changed", target, details: { before, after } }, services.now());
  });
}
