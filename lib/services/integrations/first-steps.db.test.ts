import { afterAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { newDistrict, someCredentials, testServices } from "#lib/services/testing/services.ts";
import { readFirstSteps } from "./first-steps.ts";
import { areStepsOpen } from "./first-steps-schema.ts";
import { addIntegration, removeIntegration } from "./write.ts";

const { services, close } = await testServices();
afterAll(close);

const none = {
  integrationId: null,
  isTested: false,
  isPreviewed: false,
  isSynced: false,
  syncedSince: null,
  isScheduled: false,
  areNoticesChosen: false,
};
const credentials = { ...someCredentials, hostKeyFingerprint: `SHA256:${"a".repeat(43)}` };

test("a new district has done none of its first steps, and what another one did counts for nothing", async () => {
  const other = operatorScope(await newDistrict(services.db));
  await addIntegration(services, other, { name: "SIS", provider: "oneroster-csv", credentials, schedule: "0 2 * * *" });
  const scope = operatorScope(await newDistrict(services.db));
  expect(await readFirstSteps(services, scope)).toEqual(none);
});

test("each step is read from what was done, and the integration that came furthest is the one to go on with", async () => {
  const scope = operatorScope(await newDistrict(services.db));
  const add = (name: string) => addIntegration(services, scope, { name, provider: "oneroster-csv", credentials, schedule: null });
  const first = await add("First");
  const second = await add("Second");
  expect(await readFirstSteps(services, scope)).toEqual({ ...none, integrationId: first.id });

  const test = (outcome: string) => ({
    actor: scope.actor,
    action: "connection-tested" as const,
    target: { kind: "integration" as const, id: null },
    details: { provider: "oneroster-csv", outcome },
  });
  await withDistrict(services.db, scope, (tx) => appendAudit(tx, test("failed"), new Date()));
  expect(await readFirstSteps(services, scope)).toMatchObject({ isTested: false });
  await withDistrict(services.db, scope, (tx) => appendAudit(tx, test("passed"), new Date()));
  const run = (kind: "preview" | "sync", state: "previewed" | "failed" | "succeeded", number: number) =>
    withDistrict(services.db, scope, (tx) =>
      tx.orm.insert(syncRuns).values({
        districtId: scope.districtId,
        integrationId: second.id,
        number,
        kind,
        trigger: "manual",
        state,
        ...(state === "succeeded" && { finishedAt: new Date("2026-11-01T08:00:00Z") }),
      }),
    );
  await run("sync", "failed", 1);
  await run("preview", "previewed", 2);
  expect(await readFirstSteps(services, scope)).toEqual({ ...none, integrationId: second.id, isTested: true, isPreviewed: true });
  await run("sync", "succeeded", 3);
  expect(await readFirstSteps(services, scope)).toMatchObject({
    integrationId: second.id,
    isSynced: true,
    syncedSince: "2026-11-01T08:00:00.000Z",
    isScheduled: false,
  });

  await removeIntegration(services, scope, second.id);
  expect(await readFirstSteps(services, scope)).toMatchObject({ integrationId: first.id, isSynced: false, isTested: true });
});

test("steps are offered until all are done, and for two weeks after the first sync", () => {
  const at = (day: string) => new Date(`2026-11-${day}T08:00:00Z`);
  const all = { integrationId: "i", isTested: true, isPreviewed: true, isSynced: true, isScheduled: true, areNoticesChosen: true };
  expect(areStepsOpen(none, at("30"))).toBe(true);
  expect(areStepsOpen({ ...all, areNoticesChosen: false, syncedSince: at("01").toISOString() }, at("14"))).toBe(true);
  expect(areStepsOpen({ ...all, areNoticesChosen: false, syncedSince: at("01").toISOString() }, at("15"))).toBe(false);
  expect(areStepsOpen({ ...all, syncedSince: at("01").toISOString() }, at("02"))).toBe(false);
});
