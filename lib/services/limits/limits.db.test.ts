import { register } from "prom-client";
import { afterAll, expect, test } from "vitest";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { requireAdmin } from "#lib/platform/testing/access.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { testConnection } from "#lib/services/integrations/test-connection.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { cancelRun, requestRun } from "#lib/services/runs/write.ts";
import { newDistrict, someCredentials, testServices } from "#lib/services/testing/services.ts";
import { type Act, actLimits, admitAct, openDownload } from "./admit.ts";

const { services, close } = await testServices();
afterAll(close);

async function admin(districtId?: string) {
  const scope = operatorScope(districtId ?? (await newDistrict(services.db)));
  const { id } = await createAdmin(services, scope, { email: `${crypto.randomUUID()}@example.org` });
  return requireAdmin({ kind: "account", accountId: id, districtId: scope.districtId, role: "admin" });
}

/** As if so many had been asked for a minute ago. */
const asked = (districtId: string, subject: string, acts: number) => services.db.sql`
  insert into act_rates (district_id, subject, window_started_at, acts) values (${districtId}, ${subject}, now() - interval '1 minute', ${acts})
  on conflict (district_id, subject) do update set acts = excluded.acts, window_started_at = excluded.window_started_at`;
const subjectOf = ({ actor }: DistrictScope<never>, act: Act) => `${act}:${actor.kind === "account" ? actor.accountId : ""}`;
const windowOver = (districtId: string) =>
  services.db.sql`update act_rates set window_started_at = now() - interval '61 minutes' where district_id = ${districtId}`;

async function refusal(work: Promise<unknown>): Promise<ServiceError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ServiceError) return error;
  throw new Error("It was let through");
}

async function integrationOf(districtId: string) {
  return (
    await addIntegration(services, operatorScope(districtId), { name: "SIS", provider: "oneroster-csv", credentials: someCredentials })
  ).id;
}

async function firstStep(scope: DistrictScope, integrationId: string): Promise<unknown> {
  for await (const step of testConnection(services, scope, { integrationId }, AbortSignal.timeout(1))) return step;
  return null;
}

test.each<[Act, (scope: DistrictScope, integration: string) => Promise<unknown>]>([
  ["export", async (scope) => (await openDownload(services, scope))[Symbol.dispose]()],
  ["test", firstStep],
  ["run", (scope, integration) => requestRun(services, scope, integration, { trigger: "manual", kind: "preview" })],
])("after the last %s within the window the next one is refused, with when it may be tried again", async (act, attempt) => {
  const scope = await admin();
  const integration = await integrationOf(scope.districtId);
  await asked(scope.districtId, subjectOf(scope, act), actLimits[act].perOne - 1);
  await attempt(scope, integration);
  const refused = await refusal(attempt(scope, integration));
  expect(refused.code).toBe("limited");
  const minutes = actLimits[act].windowMinutes - 1;
  expect(refused.message).toMatch(
    new RegExp(`^You have made ${actLimits[act].perOne} .* The next one is possible in ${minutes} minutes\\.$`),
  );
  expect(refused.retryAfterSeconds).toBeGreaterThan((minutes - 1) * 60);
  // Nobody else of the district is in its way, nor the command line; and it is over with the window.
  await attempt(await admin(scope.districtId), integration);
  await attempt(operatorScope(scope.districtId), integration);
  await windowOver(scope.districtId);
  await attempt(scope, integration);
});

test("a district together has its limit, and what was refused to one does not count for it", async () => {
  const [scope, other] = [await admin(), await admin()];
  const { perOne, perDistrict } = actLimits.export;
  await asked(scope.districtId, subjectOf(scope, "export"), perOne);
  await asked(scope.districtId, "export:district", perDistrict - 1);
  for (let time = 0; time < 5; time++) await refusal(admitAct(services, scope, "export"));
  await admitAct(services, await admin(scope.districtId), "export");
  const refused = await refusal(admitAct(services, await admin(scope.districtId), "export"));
  expect(refused.message).toMatch(/^Your district has made 240 downloads within an hour, which is the most\./);
  await admitAct(services, other, "export");
  const counted = (await register.getMetricsAsJSON()).find(({ name }) => name === "aivo_limited_total");
  expect(counted?.values).toEqual(
    expect.arrayContaining([expect.objectContaining({ labels: { act: "export", by: "district" }, value: 1 })]),
  );
});

test("many at once are counted one by one", async () => {
  const scope = await admin();
  const { perOne } = actLimits.run;
  await asked(scope.districtId, subjectOf(scope, "run"), perOne - 3);
  const all = await Promise.allSettled(Array.from({ length: 10 }, () => admitAct(services, scope, "run")));
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
});

test("an admin who works all day long is not in their way", async () => {
  const scope = await admin();
  const integration = await integrationOf(scope.districtId);
  for (let time = 0; time < 20; time++) {
    const requested = await requestRun(services, scope, integration, { trigger: "manual" });
    if (!requested.ok) throw new Error(requested.reason);
    await cancelRun(services, scope, requested.runId);
  }
});
