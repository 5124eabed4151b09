import { and, eq, inArray, ne, notInArray } from "drizzle-orm";
import { z } from "zod";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { identityDomains } from "#lib/platform/db/schema/identity.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { type Tx, withDistrict, withOperator } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { assertConfirmed } from "#lib/services/accounts/confirm.ts";
import type { Services } from "#lib/services/services.ts";
import { domainsOf } from "./read.ts";
import { Domain, mostDomains, publicMailboxes } from "./schema.ts";

const Domains = z.object({ domains: z.array(z.string().trim().toLowerCase()).max(mostDomains, `At most ${mostDomains} domains`) });

/**
 * Sets the email domains by which the sign-in page knows the district. A domain leads to one district alone, and an admin can claim only that of
 * the own address, and what is below it: whoever claimed another's would have its people sent to a provider of theirs. The operator may
 * claim any.
 * @throws ServiceError `invalid` at the field `domains`
 */
export async function setDomains(
  services: Services,
  scope: DistrictScope<"change-settings">,
  input: readonly string[],
): Promise<readonly string[]> {
  assertConfirmed(scope, "require-factor");
  const { domains } = parseOrRefuse(Domains, { domains: input }, "The domains cannot be saved.");
  const wanted = [...new Set(domains.filter((domain) => domain !== ""))].sort();
  const own = await withDistrict(services.db, scope, (tx) => domainOfActor(tx, scope));
  // Which domains other districts have is nothing that a role which has entered one can see.
  return withOperator(services.db, scope.districtId, async (tx) => {
    await tx.sql`select pg_advisory_xact_lock(hashtextextended('identity-domains', 0))`;
    const before = await domainsOf(tx);
    for (const domain of wanted) {
      const why = before.includes(domain) ? null : whyNot(domain, own);
      if (why !== null) throw refused(`${domain} ${why}`);
    }
    const taken = wanted.length === 0 ? [] : await claimedElsewhere(tx, wanted);
    if (taken.length > 0) throw refused(`${taken.join(", ")} is claimed by another district. Whoever runs Aivo for you can settle it.`);
    await tx.orm
      .delete(identityDomains)
      .where(
        and(eq(identityDomains.districtId, tx.districtId), wanted.length === 0 ? undefined : notInArray(identityDomains.domain, wanted)),
      );
    if (wanted.length > 0)
      await tx.orm
        .insert(identityDomains)
        .values(wanted.map((domain) => ({ districtId: tx.districtId, domain })))
        .onConflictDoNothing();
    if (before.join() !== wanted.join())
      await appendAudit(
        tx,
        {
          actor: scope.actor,
          action: "sign-in-domains-changed",
          target: { kind: "district", id: tx.districtId },
          details: { before, after: wanted },
        },
        services.now(),
      );
    return wanted;
  });
}

const refused = (message: string) => new ServiceError("invalid", "The domains cannot be saved.", { domains: message });

/** `own`: the domain of whoever claims; null: the operator. */
function whyNot(domain: string, own: string | null): string | null {
  const parsed = Domain.safeParse(domain);
  if (!parsed.success) return parsed.error.issues[0]?.message ?? "is not a domain";
  if (publicMailboxes.has(domain)) return "is where anybody has a mailbox.";
  if (own === null || domain === own || domain.endsWith(`.${own}`)) return null;
  return `is not the domain of your own address (${own === "" ? "you have none" : own}). An admin with an address there can add it.`;
}

async function domainOfActor(tx: Tx, { actor }: Pick<DistrictScope, "actor">): Promise<string | null> {
  if (actor.kind !== "account") return null;
  const [account] = await tx.orm
    .select({ email: accounts.email })
    .from(accounts)
    .where(and(eq(accounts.districtId, tx.districtId), eq(accounts.id, actor.accountId)));
  return account?.email?.split("@").at(-1) ?? "";
}

async function claimedElsewhere(tx: Tx, wanted: readonly string[]): Promise<string[]> {
  const rows = await tx.orm
    .select({ domain: identityDomains.domain })
    .from(identityDomains)
    .where(and(inArray(identityDomains.domain, [...wanted]), ne(identityDomains.districtId, tx.districtId)));
  return rows.map(({ domain }) => domain);
}
