import { and, eq, or } from "drizzle-orm";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { identities } from "#lib/platform/db/schema/identity.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { assertConfirmed } from "#lib/services/accounts/confirm.ts";
import type { Services } from "#lib/services/services.ts";

/**
 * Lets an account be bound anew: whoever comes next with its verified address, or its id of the SIS, is it. For somebody who was given another
 * account at the provider. `who`: the account's id, or its email address or student number where that is one account's alone.
 * @throws ServiceError `invalid` at the field `who`
 */
export async function releaseIdentity(
  services: Services,
  scope: DistrictScope<"change-settings">,
  who: string,
): Promise<{ accountId: string; released: number }> {
  assertConfirmed(scope, "require-factor");
  return withDistrict(services.db, scope, async (tx) => {
    const accountId = await findOne(tx, who.trim());
    const gone = await tx.orm
      .delete(identities)
      .where(and(eq(identities.districtId, tx.districtId), eq(identities.accountId, accountId)))
      .returning({ providerId: identities.providerId });
    if (gone.length > 0) {
      const target = { kind: "account", id: accountId };
      await appendAudit(
        tx,
        { actor: scope.actor, action: "identity-released", target, details: { released: gone.length } },
        services.now(),
      );
    }
    return { accountId, released: gone.length };
  });
}

async function findOne(tx: Tx, who: string): Promise<string> {
  const isMeant = isUuid(who)
    ? eq(accounts.id, who)
    : or(eq(accounts.email, who.toLowerCase()), and(eq(accounts.role, "learner"), eq(accounts.studentNumber, who)));
  const found =
    who === ""
      ? []
      : await tx.orm
          .select({ id: accounts.id })
          .from(accounts)
          .where(and(eq(accounts.districtId, tx.districtId), isMeant))
          .limit(2);
  const [one, another] = found;
  if (one === undefined) throw refused("Nobody of the district has it");
  if (another !== undefined) throw refused("Several people have it; enter the student number of the one whom you mean");
  return one.id;
}

const refused = (message: string) => new ServiceError("invalid", "Nothing was released.", { who: message });
