import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { followTo, type OpenIdProvider, openOpenIdProvider } from "#lib/services/testing/openid-provider.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { beginIdentitySignIn } from "./begin.ts";
import { completeIdentitySignIn } from "./complete.ts";
import { lookAgainSeconds } from "./keys-fetch.ts";
import { addProvider } from "./write.ts";

/** A real provider that changes the keys it signs with, before, while and after somebody signs in. One for each test: what is remembered is so by issuer. */
const redirectUri = "http://127.0.0.1:3999/api/sign-in/callback";
const providers = [
  await openOpenIdProvider([redirectUri]),
  await openOpenIdProvider([redirectUri]),
  await openOpenIdProvider([redirectUri]),
];
const clock = { aheadMs: 0 };
const { services, close } = await testServices({
  now: () => new Date(Date.now() + clock.aheadMs),
  variables: { AIVO_TRUSTED_SIS_ORIGINS: providers.map(({ issuer }) => issuer).join(",") },
});
afterAll(close);

const email = "robin@lakeside.example";
let provider: OpenIdProvider;
let providerId: string;
let scope: DistrictScope;
beforeEach(async () => {
  provider = providers.shift() ?? (await openOpenIdProvider([redirectUri]));
  provider.signWith("old", ["old"]);
  provider.accounts.set("robin", { email, email_verified: true });
  provider.signsIn = "robin";
  scope = operatorScope(await newDistrict(services.db));
  await createAdmin(services, scope, { email, password: "seven harbors in the rain" });
  const input = { preset: "other", label: "x", issuer: provider.issuer, matchBy: "email", ...provider.client };
  ({ id: providerId } = await addProvider(services, scope, input));
  provider.keysAsked = 0;
});
afterEach(() => provider.close());

let people = 0;
async function signIn(whileAway = () => {}): Promise<string> {
  const address = `192.0.2.${++people}`;
  const { districtId } = scope;
  const begun = await beginIdentitySignIn(services, { districtId, providerId, returnTo: "/", redirectUri, address });
  if (!begun.ok) return begun.reason;
  const url = await followTo(redirectUri, begun.url);
  whileAway();
  const result = await completeIdentitySignIn(services, { url, browserSecret: begun.browserSecret, address });
  return result.ok ? "signed in" : result.reason;
}

test("a key that appears counts at once, beside the old one and alone, also for whoever is at the provider meanwhile", async () => {
  expect(await signIn()).toBe("signed in");
  provider.signWith("old", ["new", "old"]);
  expect(await signIn()).toBe("signed in");
  provider.signWith("new", ["new", "old"]);
  expect(await signIn()).toBe("signed in");
  provider.signWith("new", ["new"]);
  expect(await signIn()).toBe("signed in");
  expect(await signIn(() => provider.signWith("newer", ["newer"]))).toBe("signed in");
});

test("a token that is signed by a withdrawn key is refused at once, and the others come in", async () => {
  expect(await signIn()).toBe("signed in");
  provider.signWith("old", ["new"]);
  expect(await signIn()).toBe("not-valid");
  // The key that is published came in meanwhile, and is not held up by the other.
  provider.signWith("new", ["new"]);
  expect(await signIn()).toBe("signed in");
  expect(await signIn(() => provider.signWith("old", ["new"]))).toBe("not-valid");
  const refusals = await services.db.sql`
    select details->>'reason' as reason from audit_entries where district_id = ${scope.districtId} and action = 'sign-in-refused'`;
  expect(refusals.map(({ reason }) => reason)).toEqual(["not-valid", "not-valid"]);
});

test("a provider that signs with a key nobody knows is asked for its keys once in that time, whatever the key is called", async () => {
  provider.signWith("unknown", ["old"]);
  for (const kid of ["unknown", "unknown", "unknown-2", "unknown-3", "unknown-4"]) {
    provider.signWith(kid, ["old"]);
    expect(await signIn()).toBe("not-valid");
  }
  expect(provider.keysAsked).toBe(1);
  // Published then, it counts when the time is over, and not before.
  provider.signWith("unknown", ["unknown"]);
  expect(await signIn()).toBe("not-valid");
  expect(provider.keysAsked).toBe(1);
  clock.aheadMs += lookAgainSeconds * 1000;
  expect(await signIn()).toBe("signed in");
  expect(provider.keysAsked).toBe(2);
  expect(await signIn()).toBe("signed in");
});
