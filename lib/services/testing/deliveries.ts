import { type Delivered, deliver } from "#lib/services/notices/deliver.ts";
import { dispatchDeliveries } from "#lib/services/notices/dispatch.ts";
import type { Services } from "#lib/services/services.ts";

/** Delivers what is due now, as a worker does, until nothing is. Returns what became of each try. */
export async function deliverDue(services: Services): Promise<Delivered[]> {
  const became: Delivered[] = [];
  for (;;) {
    await dispatchDeliveries(services);
    const jobs = await services.jobs.boss.fetch<{ districtId: string; deliveryId: string; attempt: number }>("deliver", { batchSize: 50 });
    if (jobs.length === 0) return became;
    for (const { data } of jobs) became.push(await deliver(services, data));
    await services.jobs.boss.complete(
      "deliver",
      jobs.map(({ id }) => id),
    );
  }
}

/** Lets the wait before the next try pass. */
export async function letWaitPass({ db }: Pick<Services, "db">, districtId: string): Promise<void> {
  await db.sql`update deliveries set next_attempt_at = now() where district_id = ${districtId} and state = 'waiting'`;
}
