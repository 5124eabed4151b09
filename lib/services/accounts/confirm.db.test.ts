import { afterAll, describe, expect, test } from "vitest";
import type { DistrictScope } from "#lib/platform/access.ts";
import { addApp, addPasskey, as, codeAt, newAdmin, password } from "#lib/services/accounts/testing/factors.ts";
import { createApiClient } from "#lib/services/api/write.ts";
import { updateDistrict } from "#lib/services/districts/write.ts";
import { setDomains } from "#lib/services/identity/domains.ts";
import { releaseIdentity } from "#lib/services/identity/release.ts";
import { addProvider, changeProvider, removeProvider, setOwnAccountsOnly } from "#lib/services/identity/write.ts";
import { beginAuthorization } from "#lib/services/integrations/authorize.ts";
import { disconnectIntegration } from "#lib/services/integrations/disconnect.ts";
import { addIntegration, setSafety, updateCredentials } from "#lib/services/integrations/write.ts";
import { erasePerson } from "#lib/services/retention/erase.ts";
import { someCredentials, testServices } from "#lib/services/testing/services.ts";
import { addWebhook, rotateWebhookSecret } from "#lib/services/webhooks/write.ts";
import { type ActToConfirm, actsToConfirm, confirmedMinutes } from "./confirm.ts";
import { beginApp, finishApp } from "./factors/app.ts";
import type { OwnSession } from "./factors/own-session.ts";
import { beginPasskey, finishPasskey } from "./factors/passkeys.ts";
import { prove } from "./factors/prove.ts";
import { renewCodes } from "./factors/recovery-codes.ts";
import { removeApp, removePasskey, resetSecondFactor } from "./factors/remove.ts";
import { changeOwnPassword } from "./own-password.ts";
import { inviteAdmin } from "./password-links.ts";
import { deactivateAccount, reactivateAccount } from "./write.ts";

const clock = { now: new Date("2026-11-03T12:00:00Z") };
const variables = { NEXTAUTH_URL: "https://aivo.example", AIVO_SMTP_URL: "smtp://127.0.0.1:9", AIVO_MAIL_FROM: "aivo@example.org" };
const { services, close } = await testServices({ now: () => clock.now, variables });
afterAll(close);

const later = (seconds: number) => {
  clock.now = new Date(clock.now.getTime() + seconds * 1000);
};

interface Asks {
  readonly scope: DistrictScope;
  readonly own: OwnSession;
  readonly integrationId: string;
  readonly cleverId: string;
  readonly otherAdminId: string;
}

const nobody = "00000000-0000-7000-8000-000000000000";

/** What is done under each act, by every door that leads to it: a new act does not compile until it is here. */
const doors: Readonly<Record<ActToConfirm, Readonly<Record<string, (asks: Asks) => Promise<unknown>>>>> = {
  "change-credentials": {
    credentials: ({ scope, integrationId }) => updateCredentials(services, scope, integrationId, { password: "another one" }),
    authorization: ({ scope, cleverId }) => beginAuthorization(services, scope, cleverId, "https://aivo.example/callback"),
  },
  "raise-limits": { safety: ({ scope, integrationId }) => setSafety(services, scope, integrationId, { maxDeactivatedPercent: "100" }) },
  "disconnect-integration": {
    disconnect: ({ scope, integrationId }) =>
      disconnectIntegration(services, scope, integrationId, { people: "leave", reason: "because" }, { isPreview: true }),
  },
  "erase-person": { erase: ({ scope }) => erasePerson(services, scope, nobody, { name: "Somebody", reason: "because", bar: true }) },
  "shorten-retention": { district: ({ scope }) => updateDistrict(services, scope, { retentionDays: 1 }) },
  "add-admin": {
    invite: ({ scope }) => inviteAdmin(services, scope, { email: `invited-${scope.districtId}@example.org` }),
    reactivate: async ({ scope, otherAdminId }) => {
      await services.db.sql`update accounts set status = 'deactivated' where id = ${otherAdminId}`;
      await reactivateAccount(services, scope, otherAdminId);
    },
  },
  "stop-admin": { deactivate: ({ scope, otherAdminId }) => deactivateAccount(services, scope, otherAdminId) },
  "add-webhook": { add: ({ scope }) => addWebhook(services, scope, { url: "https://hook.invalid/", kinds: null }) },
  "change-webhook-secret": { rotate: ({ scope }) => rotateWebhookSecret(services, scope, nobody) },
  "change-sign-in": {
    "begin app": ({ own }) => beginApp(services, own),
    "finish app": ({ own }) => finishApp(services, own, "123456"),
    "begin passkey": ({ own }) => beginPasskey(services, own),
    "finish passkey": ({ own }) => finishPasskey(services, own, { name: "Key", answer: { id: "x", response: {} } }),
    "remove passkey": ({ own }) => removePasskey(services, own, nobody),
    codes: ({ own }) => renewCodes(services, own),
    password: ({ own: { scope } }) =>
      changeOwnPassword(services, scope, { current: "x", next: "a kettle on the stairs", repeated: "a kettle on the stairs" }),
    "remove app": ({ own }) => removeApp(services, own),
  },
  "require-factor": {
    district: ({ scope }) => updateDistrict(services, scope, { requiresSecondFactor: true }),
    "add provider": ({ scope }) => addProvider(services, scope, {}),
    "change provider": ({ scope }) => changeProvider(services, scope, nobody, {}),
    "remove provider": ({ scope }) => removeProvider(services, scope, nobody),
    domains: ({ scope }) => setDomains(services, scope, ["not a domain"]),
    "only way": ({ scope }) => setOwnAccountsOnly(services, scope, true),
    "release link": ({ scope }) => releaseIdentity(services, scope, "nobody@lakeside.example"),
  },
  "stop-recording-views": {
    district: async ({ scope }) => {
      await services.db.sql`update districts set records_views = true where id = ${scope.districtId}`;
      await updateDistrict(services, scope, { recordsViews: false });
    },
  },
  "let-program-in": { token: ({ scope }) => createApiClient(services, scope, {}) },
  "reset-factor": { reset: ({ scope, otherAdminId }) => resetSecondFactor(services, scope, otherAdminId) },
};

/** A district with what the doors are about, and an admin with an app, who signs in. */
async function arranged() {
  const admin = await newAdmin(services);
  const { scope } = admin;
  const key = await admin.enter();
  const { secret } = await addApp(services, key);
  const sis = { name: "SIS", provider: "oneroster-csv", credentials: someCredentials };
  const { id: integrationId } = await addIntegration(services, scope, sis);
  const clever = { clientId: "client", clientSecret: "secret", districtId: "58da8a43cc70ab00017a1a87" };
  const { id: cleverId } = await addIntegration(services, scope, { name: "Clever", provider: "clever", credentials: clever });
  const other = await newAdmin(services, scope.districtId);
  const asks = async (): Promise<Asks> => {
    const { admin: mine, own } = await as(services, key);
    return { scope: mine, own, integrationId, cleverId, otherAdminId: other.id };
  };
  const outcome = async (open: (asks: Asks) => Promise<unknown>) =>
    open(await asks()).then(
      () => "done",
      (error: { code?: string }) => error.code ?? "broke",
    );
  const entries = async () => {
    const [row] = await services.db.sql<{ count: number }[]>`
      select count(*)::int as count from audit_entries where district_id = ${scope.districtId}`;
    return row?.count;
  };
  return { ...admin, key, secret, outcome, entries };
}

describe("whoever has not shown lately who they are is asked, and nothing is changed", () => {
  for (const act of Object.keys(actsToConfirm) as ActToConfirm[])
    for (const [door, open] of Object.entries(doors[act]))
      test(`${act}: ${door}`, async () => {
        const { outcome, entries, key, secret } = await arranged();
        later(confirmedMinutes * 60);
        const before = await entries();
        expect(await outcome(open)).toBe("confirm");
        expect(await entries()).toBe(before);
        await prove(services, (await as(services, key)).own, { kind: "app", code: codeAt(secret, clock.now) });
        expect(await outcome(open)).not.toBe("confirm");
      });
});

test("the last second of ten minutes counts, the next one does not, and looking at pages prolongs nothing", async () => {
  const { outcome, key } = await arranged();
  const [open] = Object.values(doors["raise-limits"]);
  if (!open) throw new Error("no door");
  later(confirmedMinutes * 60 - 1);
  expect(await outcome(open)).toBe("done");
  expect((await as(services, key)).isConfirmed).toBe(true);
  later(1);
  expect(await outcome(open)).toBe("confirm");
});

test("the operator and workers are whom they run as, and a name that is changed asks nothing", async () => {
  const { scope, key } = await arranged();
  await updateDistrict(services, scope, { retentionDays: 1 });
  later(confirmedMinutes * 60);
  const { admin } = await as(services, key);
  await updateDistrict(services, admin, { name: "Another name", retentionDays: 30 });
});

test("the password shows who it is where there is no second factor, and guesses of it are counted", async () => {
  const { enter } = await newAdmin(services);
  const key = await enter();
  later(confirmedMinutes * 60);
  const { own, isConfirmed } = await as(services, key);
  expect(isConfirmed).toBe(false);
  for (let guess = 1; guess <= 8; guess += 1)
    await expect(prove(services, own, { kind: "password", password: "a guess" })).rejects.toMatchObject({ code: "invalid" });
  await expect(prove(services, own, { kind: "password", password })).rejects.toThrow("Too many attempts");
  later(15 * 60);
  await prove(services, own, { kind: "password", password });
  expect((await as(services, key)).isConfirmed).toBe(true);
});

test("a second factor that comes or goes ends what other sessions have shown", async () => {
  const { enter } = await newAdmin(services);
  const [here, there] = [await enter(), await enter()];
  await addPasskey(services, here);
  expect((await as(services, here)).isConfirmed).toBe(true);
  expect((await as(services, there)).isConfirmed).toBe(false);
  expect((await as(services, there)).step).toBeNull();
});
