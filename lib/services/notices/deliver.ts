import { and, eq, sql } from "drizzle-orm";
import { workerScope } from "#lib/platform/access.ts";
import { deliveries, webhookEndpoints } from "#lib/platform/db/schema/notices.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import type { Payload } from "#lib/platform/jobs.ts";
import { counter } from "#lib/platform/metrics.ts";
import type { Services } from "#lib/services/services.ts";
import { sendWebhook } from "#lib/services/webhooks/send.ts";
import { composeEmail } from "./compose.ts";
import { type Loaded, loadDelivery } from "./load.ts";
import { sendEmail } from "./mail.ts";

/** What came of one try. `final`: trying again would not help. `answer` is shown: a code, no text of a stranger's. */
export type Tried =
  | { readonly isSent: true; readonly answer: string }
  | { readonly isSent: false; readonly answer: string; readonly isFinal: boolean };

/** Seconds after each try that failed; after the last one it is given up. About three days for both. */
export const retrySeconds = {
  webhook: [5, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400, 86_400],
  email: [60, 300, 900, 3_600, 14_400, 43_200, 86_400, 86_400],
} as const;

const tries = counter({
  name: "aivo_deliveries_total",
  help: "Tries to deliver a message, by what became of them",
  labelNames: ["channel", "outcome"],
});

// What has not happened yet is zero: of a count that begins at one, nobody sees that it grew.
for (const channel of ["email", "webhook"] as const)
  for (const outcome of ["sent", "again", "given-up", "off"] as const) tries.inc({ channel, outcome }, 0);

export type Delivered = "sent" | "again" | "given-up" | "off" | "not-ours";

/**
 * One try to deliver a message. At least once: a worker that is lost after sending and before noting it leaves the message to be sent
 * again, under the same id. Whoever comes with an older try does nothing.
 */
export async function deliver(services: Services, { districtId, deliveryId, attempt }: Payload<"deliver">): Promise<Delivered> {
  const loaded = await withDistrict(services.db, workerScope(districtId), (tx) => loadDelivery(tx, deliveryId, attempt));
  if (loaded === null) return "not-ours";
  if (loaded.channel === "email" && services.env.mail === null)
    return note(services, loaded, attempt, { state: "off", answer: "email is off" });
  const tried = await attemptTo(services, loaded);
  if (tried.isSent) return note(services, loaded, attempt, { state: "sent", answer: tried.answer });
  const seconds = tried.isFinal ? undefined : retrySeconds[loaded.channel][attempt - 1];
  if (seconds === undefined) return note(services, loaded, attempt, { state: "given-up", answer: tried.answer });
  return note(services, loaded, attempt, { state: "waiting", answer: tried.answer, seconds });
}

async function attemptTo(services: Services, loaded: Loaded): Promise<Tried> {
  if (loaded.channel === "webhook") return sendWebhook(services, loaded);
  if (loaded.email === null) return { isSent: false, answer: "no longer an admin with an address", isFinal: true };
  return sendEmail(services.env, { to: loaded.email, ...composeEmail(services.env, loaded) });
}

interface Outcome {
  readonly state: "sent" | "waiting" | "given-up" | "off";
  readonly answer: string;
  /** Until the next try. */
  readonly seconds?: number;
}

async function note(services: Services, loaded: Loaded, attempt: number, { state, answer, seconds = 0 }: Outcome): Promise<Delivered> {
  const outcome = await withDistrict(services.db, workerScope(loaded.districtId), async (tx): Promise<Delivered> => {
    const noted = await tx.orm
      .update(deliveries)
      .set({
        state,
        answer,
        nextAttemptAt: sql`now() + make_interval(secs => ${seconds})`,
        ...(state === "sent" && { sentAt: sql`now()` }),
      })
      .where(
        and(
          eq(deliveries.districtId, tx.districtId),
          eq(deliveries.id, loaded.id),
          eq(deliveries.state, "waiting"),
          eq(deliveries.attempts, attempt),
        ),
      )
      .returning({ id: deliveries.id });
    if (noted.length === 0) return "not-ours";
    if (loaded.channel === "webhook" && (state === "sent" || state === "given-up")) {
      const failingSince = state === "sent" ? null : sql`least(${webhookEndpoints.failingSince}, now())`;
      await tx.orm
        .update(webhookEndpoints)
        .set({ failingSince })
        .where(and(eq(webhookEndpoints.districtId, tx.districtId), eq(webhookEndpoints.id, loaded.recipientId)));
    }
    return state === "waiting" ? "again" : state;
  });
  if (outcome !== "not-ours") tries.inc({ channel: loaded.channel, outcome });
  return outcome;
}
