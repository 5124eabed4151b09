import { and, eq, sql } from "drizzle-orm";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { deliveries, noticeChoices } from "#lib/platform/db/schema/notices.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import { adminWithChoices } from "./read.ts";
import { NoticeChoices } from "./schema.ts";

/** Chooses what an admin is told by email; what is not named stays. @throws ServiceError `not-found`, `invalid` */
export async function chooseNotices(services: Services, scope: DistrictScope<"be-told">, accountId: string, input: unknown): Promise<void> {
  const given = parseOrRefuse(NoticeChoices, input, "The choice cannot be saved.");
  await withDistrict(services.db, scope, async (tx) => {
    const { kinds: before } = await adminWithChoices(tx, accountId);
    const kinds = { ...before, ...given };
    await tx.orm
      .insert(noticeChoices)
      .values({ districtId: tx.districtId, accountId, kinds })
      .onConflictDoUpdate({ target: [noticeChoices.districtId, noticeChoices.accountId], set: { kinds } });
    await appendAudit(
      tx,
      { actor: scope.actor, action: "notifications-changed", target: { kind: "account", id: accountId }, details: given },
      services.now(),
    );
  });
}

/**
 * Sends a message once more, under the same id: what could not be delivered, or what its receiver has lost. One that waits is tried at once.
 * @throws ServiceError `not-found`
 */
export async function repeatDelivery(services: Services, scope: DistrictScope<"change-settings">, id: string): Promise<void> {
  await withDistrict(services.db, scope, async (tx) => {
    const [repeated] = isUuid(id)
      ? await tx.orm
          .update(deliveries)
          .set({ state: "waiting", attempts: 0, sentAt: null, nextAttemptAt: sql`now()` })
          .where(and(eq(deliveries.districtId, tx.districtId), eq(deliveries.id, id)))
          .returning({ recipientId: deliveries.recipientId, channel: deliveries.channel })
      : [];
    if (!repeated) throw new ServiceError("not-found", "There is no such message.");
    const target = { kind: repeated.channel === "email" ? "account" : "webhook", id: repeated.recipientId };
    await appendAudit(tx, { actor: scope.actor, action: "delivery-repeated", target, details: { deliveryId: id } }, services.now());
  });
}
