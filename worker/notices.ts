import type { Payload } from "#lib/platform/jobs.ts";
import { errorFields, log } from "#lib/platform/log.ts";
import { sendSignInNotice } from "#lib/services/accounts/factors/mail.ts";
import { sendLinkMail } from "#lib/services/accounts/password-links.ts";
import { tellSprays } from "#lib/services/accounts/sprays.ts";
import { announceBlackouts } from "#lib/services/blackouts/announce.ts";
import { deliver } from "#lib/services/notices/deliver.ts";
import { writeDigests } from "#lib/services/notices/digest.ts";
import { dispatchDeliveries } from "#lib/services/notices/dispatch.ts";
import type { Services } from "#lib/services/services.ts";
import { turnDays } from "#lib/services/terms/turn-days.ts";
import { signInSprays } from "./metrics.ts";

/** Hands messages that are due to the queue. */
export async function dispatch(services: Services): Promise<void> {
  const dispatched = await dispatchDeliveries(services);
  if (dispatched > 0) log.info("messages-dispatched", { dispatched });
}

/** What comes by the districts' calendars: blackouts that are near, the week's digest, and what a new day began and ended. */
export async function lookAtCalendar(services: Services): Promise<void> {
  const { announced, ended } = await announceBlackouts(services);
  if (announced + ended > 0) log.info("blackouts", { announced, ended });
  const written = await writeDigests(services);
  if (written > 0) log.info("digests", { written });
  const { turned, failed } = await turnDays(services);
  for (const day of turned) log.info("day-turned", { ...day });
  for (const { districtId, error } of failed) log.error("day-not-turned", { districtId, ...errorFields(error) });
}

/** Districts whose accounts somebody tries in numbers. */
export async function lookAtSprays(services: Services): Promise<void> {
  for (const { districtId, pattern, isNew } of await tellSprays(services)) {
    signInSprays.inc({ pattern });
    log.warn("sign-in-spray", { districtId, pattern, isNew });
  }
}

/** One try; what goes wrong beyond it is told by the row, which another worker takes up again. */
export async function workDelivery(services: Services, { districtId, deliveryId, attempt }: Payload<"deliver">): Promise<void> {
  try {
    log.info("message-tried", { districtId, deliveryId, attempt, became: await deliver(services, { districtId, deliveryId, attempt }) });
  } catch (error) {
    log.error("message-broke", { districtId, deliveryId, attempt, ...errorFields(error) });
  }
}

/** What the mail server does not take is thrown: the queue tries it again. */
export async function workSignInNotice(services: Services, payload: Payload<"sign-in-notice">): Promise<void> {
  const { districtId, accountId, notice } = payload;
  log.info("sign-in-notice", { districtId, accountId, notice, became: await sendSignInNotice(services, payload) });
}

/** The same of a link. */
export async function workPasswordLink(services: Services, { districtId, linkId }: Payload<"password-link">): Promise<void> {
  log.info("password-link", { districtId, linkId, became: await sendLinkMail(services, { districtId, linkId }) });
}
