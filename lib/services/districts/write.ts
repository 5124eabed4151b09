import { eq } from "drizzle-orm";
import { z } from "zod";
import { renewNextRuns } from "#lib/engine/schedule/next-run.ts";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { type Tx, withDistrict, withOperator } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { assertConfirmed } from "#lib/services/accounts/confirm.ts";
import { hasFactor } from "#lib/services/accounts/steps.ts";
import type { Services } from "#lib/services/services.ts";

const Timezone = z
  .string({ error: "Enter a time zone" })
  .refine(isTimezone, "Choose a time zone from the list, for example America/Chicago");
const DistrictName = z.string({ error: "Enter a name" }).trim().min(1, "Enter a name").max(200, "The name is longer than 200 characters");
const RetentionDays = z.coerce
  .number({ error: "Enter a number of days" })
  .int("Enter whole days")
  .min(1, "At least 1 day")
  .max(36_500, "At most 36,500 days");

export const NewDistrict = z.object({ name: DistrictName, timezone: Timezone, retentionDays: RetentionDays.default(365) });
export const DistrictSettings = z
  .object({
    name: DistrictName,
    timezone: Timezone,
    retentionDays: RetentionDays,
    requiresSecondFactor: z.boolean(),
    recordsViews: z.boolean(),
  })
  .partial();

/** Creates a district; for the command line and the demo. @throws ServiceError `invalid` */
export async function createDistrict(services: Services, input: z.input<typeof NewDistrict>): Promise<{ id: string }> {
  const district = parseOrRefuse(NewDistrict, input, "The district is not complete.");
  const [row] = await services.db.sql<{ id: string }[]>`select uuidv7() as id`;
  const id = row?.id ?? "";
  await withOperator(services.db, id, async (tx) => {
    await tx.orm.insert(districts).values({ id, ...district });
    const actor = operatorScope(id).actor;
    await appendAudit(
      tx,
      { actor, action: "district-created", target: { kind: "district", id }, details: { timezone: district.timezone } },
      services.now(),
    );
  });
  return { id };
}

/** Changes settings; a new time zone moves every schedule in the same transaction. @throws ServiceError `not-found`, `invalid`, `confirm`, `precondition` */
export async function updateDistrict(
  services: Services,
  scope: DistrictScope<"change-settings">,
  input: z.input<typeof DistrictSettings>,
): Promise<void> {
  const wanted = parseOrRefuse(DistrictSettings, input, "The settings cannot be saved.");
  await withDistrict(services.db, scope, async (tx) => {
    const [before] = await tx.orm.select().from(districts).where(eq(districts.id, scope.districtId)).for("update");
    if (!before) throw new ServiceError("not-found", "There is no such district.");
    const changed = (["name", "timezone", "retentionDays", "requiresSecondFactor", "recordsViews"] as const).filter(
      (field) => wanted[field] !== undefined && wanted[field] !== before[field],
    );
    if (changed.length === 0) return;
    if (wanted.retentionDays !== undefined && wanted.retentionDays < before.retentionDays) assertConfirmed(scope, "shorten-retention");
    if (wanted.recordsViews === false && changed.includes("recordsViews")) assertConfirmed(scope, "stop-recording-views");
    if (changed.includes("requiresSecondFactor")) await assertMayDemand(tx, scope, wanted.requiresSecondFactor === true);
    const values = Object.fromEntries(changed.map((field) => [field, wanted[field]]));
    await tx.orm.update(districts).set(values).where(eq(districts.id, scope.districtId));
    if (wanted.timezone !== undefined && changed.includes("timezone")) {
      await renewNextRuns(tx, null);
      await tx.orm.update(districts).set({ nextDigestAt: null }).where(eq(districts.id, scope.districtId));
    }
    const details = { before: Object.fromEntries(changed.map((field) => [field, before[field]])), after: values };
    await appendAudit(
      tx,
      { actor: scope.actor, action: "settings-changed", target: { kind: "district", id: scope.districtId }, details },
      services.now(),
    );
  });
}

/** Whoever demands a second factor of all others has one. @throws ServiceError `confirm`, `precondition` */
async function assertMayDemand(tx: Tx, scope: DistrictScope<"change-settings">, isOn: boolean): Promise<void> {
  assertConfirmed(scope, "require-factor");
  const { actor } = scope;
  if (isOn && actor.kind === "account" && !(await hasFactor(tx, actor.accountId)))
    throw new ServiceError("precondition", "Set up a second factor of your own first, under Your sign-in.");
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone !== "" && !/^[+-]/.test(name);
  } catch {
    return false;
  }
}
