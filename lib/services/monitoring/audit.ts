import { destinationsOf } from "#lib/services/audit-shipping/destinations.ts";
import { standingOf } from "#lib/services/audit-shipping/standing.ts";
import type { Services } from "#lib/services/services.ts";
import { type Finding, failed, ok, warning } from "./finding.ts";

/** Entries that a destination has not got after so long are late; of anchors, after three times what is set, if that is more. */
const lateMinutes = 15;

/** Where audit logs are anchored and carried to, and how far behind that is. */
export async function auditFindings(services: Pick<Services, "db" | "env">): Promise<readonly Finding[]> {
  const { env } = services;
  const destinations = destinationsOf(env);
  const found: Finding[] = [];
  if (!destinations.some(({ carries }) => carries === "anchors"))
    found.push(
      warning(
        "audit anchors",
        "not set: entries could be cut off at the end of a log unseen",
        "Set AIVO_AUDIT_ANCHOR_KEY and a place outside the database, as AIVO_AUDIT_ANCHOR_DIR.",
      ),
    );
  for (const destination of destinations) {
    const { behind, oldestSeconds, wentBack, failures, failedWith } = await standingOf(services, destination.id);
    const check = `audit ${destination.label}`;
    const late = destination.carries === "anchors" ? Math.max(lateMinutes, 3 * env.audit.anchors.everyMinutes) : lateMinutes;
    const answers = failures > 0 ? `; ${failures} tries in a row failed: ${failedWith}` : "";
    if (wentBack > 0)
      found.push(
        failed(
          check,
          `${wentBack} logs end before what was carried`,
          "Entries are gone, or the database was restored: npm run sis -- audit verify --anchor says which.",
        ),
      );
    else if (oldestSeconds > late * 60)
      found.push(
        failed(
          check,
          `${behind} logs are behind, the first by ${Math.round(oldestSeconds / 60)} min${answers}`,
          "Check that a worker runs with this setting and reaches it; nothing is lost meanwhile.",
        ),
      );
    else if (failures > 0)
      found.push(
        warning(
          check,
          `${behind} logs wait${answers}`,
          "It is tried again, after pauses of up to five minutes; nothing is lost meanwhile.",
        ),
      );
    else found.push(ok(check, behind === 0 ? "has everything" : `${behind} logs have news for it`));
  }
  return found;
}
