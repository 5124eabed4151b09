import { afterAll, beforeEach, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { requireAdmin } from "#lib/platform/testing/access.ts";
import { requestReset, sendPasswordLink } from "#lib/services/accounts/password-links.ts";
import { loadSession } from "#lib/services/accounts/sessions.ts";
import { signIn } from "#lib/services/accounts/sign-in.ts";
import { signInLimits } from "#lib/services/accounts/throttle.ts";
import { createAdmin, deactivateAccount, reactivateAccount } from "#lib/services/accounts/write.ts";
import { suspendDistrict } from "#lib/services/districts/suspend.ts";
import { resealAll } from "#lib/services/integrations/rotate-keys.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { followTo, openOpenIdProvider, type ProviderClaims } from "#lib/services/testing/openid-provider.ts";
import { newDistrict, someCredentials, testServices } from "#lib/services/testing/services.ts";
import { beginIdentitySignIn, forgetOldIdentityRequests, signInMinutes } from "./begin.ts";
import { completeIdentitySignIn } from "./complete.ts";
import { setDomains } from "./domains.ts";
import { readSignIn, waysOfDistrict, waysOfDomain } from "./read.ts";
import { releaseIdentity } from "./release.ts";
import type { ProviderInput } from "./schema.ts";
import { addProvider, changeProvider, removeProvider, setOwnAccountsOnly, testProvider } from "./write.ts";

const redirectUri = "http://127.0.0.1:3999/api/sign-in/callback";
const provider = await openOpenIdProvider([redirectUri]);
const clock = { aheadMs: 0 };
const { services, close } = await testServices({
  now: () => new Date(Date.now() + clock.aheadMs),
  variables: { AIVO_TRUSTED_SIS_ORIGINS: provider.issuer },
});
const { sql } = services.db;
afterAll(async () => {
  await close();
  await provider.close();
});
beforeEach(() => {
  clock.aheadMs = 0;
  provider.signedInAgo = 0;
});

const password = "seven harbors in the rain";
let people = 0;
const someAddress = () => `192.0.2.${++people % 250}`;

const other = (over: Partial<ProviderInput> = {}): ProviderInput => ({
  preset: "other",
  label: "Lakeside's accounts",
  issuer: provider.issuer,
  matchBy: "email",
  ...provider.client,
  ...over,
});

/** A district with an admin and the provider. */
async function district(over: Partial<ProviderInput> = {}) {
  const scope = operatorScope(await newDistrict(services.db));
  const email = `own${++people}@lakeside.example`;
  const { id: adminId } = await createAdmin(services, scope, { email, password });
  const { id: providerId } = await addProvider(services, scope, other(over));
  const asAdmin = requireAdmin({ kind: "account", accountId: adminId, districtId: scope.districtId, role: "admin", isConfirmed: true });
  return { scope, districtId: scope.districtId, email, adminId, providerId, asAdmin };
}
type District = Awaited<ReturnType<typeof district>>;

/** Somebody whom the district rosters. */
async function person({ districtId }: District, role: "teacher" | "learner", email: string | null): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    insert into accounts (district_id, role, given_name, family_name, email) values (${districtId}, ${role}, 'Lee', 'Pupil', ${email}) returning id`;
  return row?.id ?? "";
}

const begin = ({ districtId, providerId }: District, returnTo = "/", address = someAddress(), isAnew = false) =>
  beginIdentitySignIn(services, { districtId, providerId, returnTo, redirectUri, address, isAnew });

/** Begins, signs in at the provider as this subject, and comes back. */
async function goThere(where: District, subject: string, claims: ProviderClaims, returnTo?: string) {
  provider.accounts.set(subject, claims);
  provider.signsIn = subject;
  const begun = await begin(where, returnTo);
  if (!begun.ok) throw new Error(begun.reason);
  return { url: await followTo(redirectUri, begun.url), browserSecret: begun.browserSecret, address: someAddress() };
}
const comeIn = async (...args: Parameters<typeof goThere>) => completeIdentitySignIn(services, await goThere(...args));
const verified = (email: string) => ({ email, email_verified: true });

const auditOf = async (districtId: string) =>
  (
    await sql<{ action: string; details: Record<string, unknown>; target: string | null }[]>`
      select action, details, target_id as target from audit_entries where district_id = ${districtId} order by seq`
  ).map((entry) => ({ ...entry }));
const lastOf = async (districtId: string) => (await auditOf(districtId)).at(-1);

test("an admin, a teacher and a learner come in by a verified address, and are known by their subject from then on", async () => {
  const own = await district();
  for (const [role, id, email] of [
    ["admin", own.adminId, own.email],
    ["teacher", await person(own, "teacher", "tess@lakeside.example"), "tess@lakeside.example"],
    ["learner", await person(own, "learner", "lee@lakeside.example"), "lee@lakeside.example"],
  ] as const) {
    const result = await comeIn(own, `${role}-1`, verified(email.toUpperCase()), "/home");
    expect(result).toMatchObject({ ok: true, returnTo: "/home" });
    expect(result.ok && (await loadSession(services, result.session))).toMatchObject({ accountId: id, role });
    // The address changes at the provider; whose account it is does not.
    const again = await comeIn(own, `${role}-1`, verified("married@lakeside.example"));
    expect(again.ok && (await loadSession(services, again.session))).toMatchObject({ accountId: id });
  }
  const entries = await auditOf(own.districtId);
  expect(entries.filter(({ action }) => action === "identity-bound")).toHaveLength(3);
  expect(entries.filter(({ action }) => action === "signed-in")).toHaveLength(6);
  const { providers } = await readSignIn(services, own.scope);
  expect(providers).toMatchObject([{ people: 3, provenAt: expect.any(String) }]);
  expect(await sql`select from accounts where district_id = ${own.districtId}`).toHaveLength(3);
});

test("who was let in by what the provider was shown this morning has confirmed nothing; who was asked anew has", async () => {
  const own = await district();
  provider.accounts.set("early", verified(own.email));
  provider.signsIn = "early";
  provider.signedInAgo = 6 * 3600;
  const comesIn = async (isAnew: boolean) => {
    const begun = await begin(own, "/", someAddress(), isAnew);
    if (!begun.ok) throw new Error(begun.reason);
    const url = await followTo(redirectUri, begun.url);
    const result = await completeIdentitySignIn(services, { url, browserSecret: begun.browserSecret, address: someAddress() });
    return result.ok && loadSession(services, result.session);
  };
  expect(await comesIn(false)).toMatchObject({ accountId: own.adminId, isConfirmed: false });
  expect(await comesIn(true)).toMatchObject({ accountId: own.adminId, isConfirmed: true });
  provider.signedInAgo = 60;
  expect(await comesIn(false)).toMatchObject({ isConfirmed: true });
});

test("nobody is made, and no address counts that the provider does not vouch for", async () => {
  const own = await district();
  expect(await comeIn(own, "nobody", verified("nobody@lakeside.example"))).toMatchObject({ ok: false, reason: "unknown" });
  for (const claims of [{ email: own.email }, { email: own.email, email_verified: false }, { email: own.email, email_verified: "true" }])
    expect(await comeIn(own, `unverified-${++people}`, claims)).toMatchObject({ ok: false, reason: "unverified" });
  expect(await sql`select from accounts where district_id = ${own.districtId}`).toHaveLength(1);
  expect(await sql`select from identities where district_id = ${own.districtId}`).toHaveLength(0);
  expect(await lastOf(own.districtId)).toMatchObject({ action: "sign-in-refused", details: { reason: "unverified" } });
});

test("another district's person is nobody here, though the provider vouches for the address", async () => {
  const [own, theirs] = [await district(), await district()];
  expect(await comeIn(own, "stranger", verified(theirs.email))).toMatchObject({ ok: false, reason: "unknown" });
});

test("who is deactivated, barred or of a suspended district is refused, also when bound, and it stands in the audit log", async () => {
  const own = await district();
  const id = await person(own, "teacher", "bea@lakeside.example");
  expect(await comeIn(own, "bea", verified("bea@lakeside.example"))).toMatchObject({ ok: true });
  await deactivateAccount(services, own.scope, id);
  expect(await comeIn(own, "bea", verified("bea@lakeside.example"))).toMatchObject({ ok: false, reason: "deactivated" });
  expect(await lastOf(own.districtId)).toMatchObject({ action: "sign-in-refused", target: id, details: { reason: "deactivated" } });
  await reactivateAccount(services, own.scope, id);
  await sql`update accounts set barred_at = now() where id = ${id}`;
  expect(await comeIn(own, "bea", verified("bea@lakeside.example"))).toMatchObject({ ok: false, reason: "barred" });
  await sql`update accounts set barred_at = null where id = ${id}`;
  await suspendDistrict(services, own.scope, { reason: "moved away" });
  expect(await comeIn(own, "bea", verified("bea@lakeside.example"))).toMatchObject({ ok: false, reason: "suspended" });
});

test("an address that several people share is nobody's", async () => {
  const own = await district();
  await person(own, "learner", "family@lakeside.example");
  await person(own, "learner", "family@lakeside.example");
  expect(await comeIn(own, "family", verified("family@lakeside.example"))).toMatchObject({ ok: false, reason: "ambiguous" });
});

test("another subject with a bound address is refused until an admin releases the link", async () => {
  const own = await district();
  const id = await person(own, "teacher", "tess@lakeside.example");
  await comeIn(own, "first", verified("tess@lakeside.example"));
  expect(await comeIn(own, "second", verified("tess@lakeside.example"))).toMatchObject({ ok: false, reason: "other-subject" });
  expect(await lastOf(own.districtId)).toMatchObject({ target: id, details: { reason: "other-subject" } });
  expect(await comeIn(own, "first", verified("tess@lakeside.example"))).toMatchObject({ ok: true });
  await expect(releaseIdentity(services, own.asAdmin, "nobody@lakeside.example")).rejects.toMatchObject({
    fields: { who: expect.any(String) },
  });
  expect(await releaseIdentity(services, own.asAdmin, " Tess@lakeside.example ")).toEqual({ accountId: id, released: 1 });
  expect(await lastOf(own.districtId)).toMatchObject({ action: "identity-released", target: id });
  expect(await comeIn(own, "second", verified("tess@lakeside.example"))).toMatchObject({ ok: true });
});

test("a callback works once, in the browser that began it, within its time", async () => {
  const own = await district();
  const back = () => goThere(own, "admin", verified(own.email));
  const once = await back();
  expect(await completeIdentitySignIn(services, once)).toMatchObject({ ok: true });
  expect(await completeIdentitySignIn(services, once)).toMatchObject({ ok: false, reason: "expired", districtId: null });

  const [mine, theirs] = [await back(), await back()];
  // What somebody else began, brought to this browser: signing in as them without knowing.
  expect(await completeIdentitySignIn(services, { ...theirs, browserSecret: mine.browserSecret })).toMatchObject({ reason: "expired" });
  expect(await completeIdentitySignIn(services, { ...mine, browserSecret: null })).toMatchObject({ reason: "expired" });
  // Their code with one's own state: neither nonce nor verifier fit.
  const [first, second] = [await back(), await back()];
  second.url.searchParams.set("code", first.url.searchParams.get("code") ?? "");
  expect(await completeIdentitySignIn(services, second)).toMatchObject({ ok: false, reason: "not-valid" });

  const late = await back();
  clock.aheadMs = signInMinutes * 60_000 + 1;
  expect(await completeIdentitySignIn(services, late)).toMatchObject({ ok: false, reason: "expired" });
  await back();
  clock.aheadMs *= 3;
  await forgetOldIdentityRequests(services);
  expect(await sql`select from identity_requests where district_id = ${own.districtId}`).toHaveLength(0);
});

test("what is kept of a sign-in that was begun completes none", async () => {
  const own = await district();
  const begun = await begin(own);
  if (!begun.ok) throw new Error(begun.reason);
  const asked = new URL(begun.url).searchParams;
  expect(asked.get("code_challenge_method")).toBe("S256");
  const [row] = await sql`select * from identity_requests where district_id = ${own.districtId}`;
  for (const kept of [begun.browserSecret, asked.get("state"), asked.get("nonce"), asked.get("code_challenge")])
    expect(Object.values(row ?? {})).not.toContain(kept);
});

test("an answer that names another issuer, or none where it should, is not trusted", async () => {
  const own = await district();
  for (const iss of ["https://evil.example", null]) {
    const back = await goThere(own, "admin", verified(own.email));
    if (iss === null) back.url.searchParams.delete("iss");
    else back.url.searchParams.set("iss", iss);
    expect(await completeIdentitySignIn(services, back)).toMatchObject({ ok: false, reason: "not-valid" });
  }
});

test("who breaks it off, and a provider that is away, are told apart", async () => {
  const own = await district();
  expect(await comeIn(own, "", {})).toMatchObject({ ok: false, reason: "canceled" });
  const back = await goThere(own, "admin", verified(own.email));
  await sql`update identity_providers set issuer = 'https://127.0.0.1:9' where id = ${own.providerId}`;
  expect(await completeIdentitySignIn(services, back)).toMatchObject({ ok: false, reason: "unreachable" });
  expect(await begin(own)).toEqual({ ok: false, reason: "unreachable" });
});

test("by the id of the SIS: whoever it leads to, admins by a verified address, nobody else", async () => {
  const own = await district();
  const integration = await addIntegration(services, own.scope, { name: "SIS", provider: "oneroster-csv", credentials: someCredentials });
  const byId = other({ matchBy: "sis-id", integrationId: integration.id, sisIdClaim: "pupil" });
  await expect(addProvider(services, own.scope, byId)).rejects.toMatchObject({ code: "conflict" });
  await changeProvider(services, own.scope, own.providerId, byId);
  const known = async (externalId: string, over: { fate?: string; rostered?: boolean } = {}) => {
    const id = await person(own, "learner", `${externalId}@lakeside.example`);
    await sql`
      insert into source_records (district_id, integration_id, collection, external_id, fate, record_id, rostered, run_id)
      values (${own.districtId}, ${integration.id}, 'users', ${externalId}, ${over.fate ?? "rostered"}, ${id}, ${over.rostered ?? true}, uuidv7())`;
    return id;
  };
  const id = await known("u1");
  const result = await comeIn(own, "pupil-1", { pupil: "u1" });
  expect(result.ok && (await loadSession(services, result.session))).toMatchObject({ accountId: id, role: "learner" });
  // Of one whom a sync doubts, and of one whom this SIS has given away.
  await known("u2", { fate: "withheld" });
  await known("u3", { fate: "withdrawn", rostered: false });
  for (const pupil of ["u2", "u3", "u4"])
    expect(await comeIn(own, `pupil-${pupil}`, { pupil, ...verified(`${pupil}@lakeside.example`) })).toMatchObject({ reason: "unknown" });
  expect(await comeIn(own, "without", { email: own.email, email_verified: false })).toMatchObject({ reason: "no-sis-id" });
  expect(await comeIn(own, "admin", verified(own.email))).toMatchObject({ ok: true });
});

test("Clever and ClassLink: of the own district, by the id that its SIS integration has", async () => {
  for (const [preset, tenant, sisIdClaim, claims] of [
    ["clever", "5f1", "multi_role_user_id", { district: "5f1", multi_role_user_id: "u1" }],
    // It writes the tenant as a number.
    ["classlink", "2284", "SourcedId", { TenantId: 2284, SourcedId: "u1" }],
  ] as const) {
    const own = await district();
    const integration = await addIntegration(services, own.scope, { name: "SIS", provider: "oneroster-csv", credentials: someCredentials });
    await sql`
      update identity_providers set preset = ${preset}, tenant = ${tenant}, match_by = 'sis-id', sis_id_claim = ${sisIdClaim},
        integration_id = ${integration.id} where id = ${own.providerId}`;
    const id = await person(own, "learner", null);
    await sql`
      insert into source_records (district_id, integration_id, collection, external_id, fate, record_id, rostered, run_id)
      values (${own.districtId}, ${integration.id}, 'users', 'u1', 'rostered', ${id}, true, uuidv7())`;
    const [claim = ""] = Object.keys(claims);
    expect(await comeIn(own, `${preset}-wrong`, { ...claims, [claim]: "another" })).toMatchObject({ reason: "other-tenant" });
    const result = await comeIn(own, `${preset}-right`, claims);
    expect(result.ok && (await loadSession(services, result.session))).toMatchObject({ accountId: id });
  }
});

test("Google and Entra: of the own domain or tenant alone", async () => {
  const tid = "72f988bf-86f1-41af-91ab-2d7cd011db47";
  for (const [preset, tenant, claims] of [
    ["google", "lakeside.example", { hd: "lakeside.example" }],
    ["entra", tid, { tid, xms_edov: true, email_verified: undefined }],
  ] as const) {
    const own = await district();
    await sql`update identity_providers set preset = ${preset}, tenant = ${tenant} where id = ${own.providerId}`;
    const right = { ...verified(own.email), ...claims };
    const [claim = ""] = Object.keys(claims);
    for (const wrong of ["elsewhere.example", undefined])
      expect(await comeIn(own, `${preset}-wrong`, { ...right, [claim]: wrong })).toMatchObject({ reason: "other-tenant" });
    expect(await comeIn(own, `${preset}-right`, right)).toMatchObject({ ok: true });
  }
  const entra = await district();
  await sql`update identity_providers set preset = 'entra', tenant = ${tid} where id = ${entra.providerId}`;
  // Entra lets a tenant write any address into a profile.
  for (const xms_edov of [undefined, false, 0, "0"])
    expect(await comeIn(entra, "edov", { ...verified(entra.email), tid, xms_edov })).toMatchObject({ reason: "unverified" });
});

test("failures from one address are bounded, and successes forgiven", async () => {
  const own = await district();
  const address = "203.0.113.77";
  for (let at = 0; at < 3; at++) {
    const back = await goThere(own, "admin", verified(own.email));
    expect(await completeIdentitySignIn(services, { ...back, address })).toMatchObject({ ok: true });
  }
  const key = await sql<{ key: string }[]>`select key from sign_in_throttles`;
  expect(key.length).toBeGreaterThan(0);
  await begin(own, "/", address);
  await sql`update sign_in_throttles set failures = ${signInLimits.perAddress} where failures > 0`;
  expect(await begin(own, "/", address)).toEqual({ ok: false, reason: "throttled" });
  clock.aheadMs = signInLimits.windowMinutes * 60_000 + 1;
  expect((await begin(own, "/", address)).ok).toBe(true);
});

test("the only way: not before an admin has come in so; then no password, and no link to choose one", async () => {
  const own = await district();
  const byPassword = () => signIn(services, { email: own.email, password, address: someAddress() });
  await expect(setOwnAccountsOnly(services, own.asAdmin, true)).rejects.toMatchObject({ code: "precondition" });
  await person(own, "teacher", "tess@lakeside.example");
  await comeIn(own, "tess", verified("tess@lakeside.example"));
  // A teacher proves nothing about admins.
  await expect(setOwnAccountsOnly(services, own.asAdmin, true)).rejects.toMatchObject({ code: "precondition" });
  await comeIn(own, "admin", verified(own.email));
  await setOwnAccountsOnly(services, own.asAdmin, true);

  expect(await byPassword()).toEqual({ ok: false, reason: "own-accounts-only" });
  expect(await signIn(services, { email: own.email, password: "wrong", address: someAddress() })).toEqual({ ok: false, reason: "wrong" });
  await requestReset(services, { email: own.email, address: someAddress() });
  expect(await sql`select from password_links where district_id = ${own.districtId}`).toHaveLength(0);
  await expect(sendPasswordLink(services, own.asAdmin, own.adminId)).rejects.toMatchObject({ code: "precondition" });
  expect(await waysOfDistrict(services, own.districtId)).toMatchObject({ ways: [{ label: "Lakeside's accounts" }], passwords: false });

  // What would lock everybody out.
  await expect(removeProvider(services, own.asAdmin, own.providerId)).rejects.toMatchObject({ code: "precondition" });
  const changed = other({ matchBy: "email", clientId: "another", clientSecret: "another" });
  await expect(changeProvider(services, own.asAdmin, own.providerId, changed)).rejects.toMatchObject({ code: "precondition" });
  await changeProvider(services, own.asAdmin, own.providerId, other({ label: "Lakeside", clientSecret: "" }));
  expect(await comeIn(own, "admin", verified(own.email))).toMatchObject({ ok: true });

  // The way out when the provider is gone: the operator's.
  await setOwnAccountsOnly(services, own.scope, false);
  expect(await byPassword()).toMatchObject({ ok: true });
  const actions = (await auditOf(own.districtId)).map(({ action }) => action);
  expect(actions).toEqual(expect.arrayContaining(["own-accounts-required", "passwords-allowed"]));
});

test("a stored secret goes nowhere new, is shown to nobody, and is rotated with the others", async () => {
  const own = await district();
  const elsewhere = other({ issuer: `${provider.issuer}/elsewhere`, clientSecret: "" });
  for (const change of [elsewhere, other({ clientId: "another", clientSecret: "" })])
    await expect(changeProvider(services, own.asAdmin, own.providerId, change)).rejects.toMatchObject({
      code: "invalid",
      fields: { clientSecret: expect.any(String) },
    });
  const [row] = await sql<{ secrets: { clientSecret: string } }[]>`select secrets from identity_providers where id = ${own.providerId}`;
  expect(row?.secrets.clientSecret).toMatch(/^test-1:/);
  expect(JSON.stringify([row, await readSignIn(services, own.scope), await auditOf(own.districtId)])).not.toContain(
    provider.client.clientSecret,
  );

  const keyring = { current: "new", keys: new Map([["new", Buffer.alloc(32, 7)], ...services.keyring.keys]) };
  expect((await resealAll({ ...services, keyring })).failed).toEqual([]);
  const [after] = await sql<{ secrets: { clientSecret: string } }[]>`select secrets from identity_providers where id = ${own.providerId}`;
  expect(after?.secrets.clientSecret).toMatch(/^new:/);
  const backAgain = { current: services.keyring.current, keys: keyring.keys };
  expect((await resealAll({ ...services, keyring: backAgain })).failed).toEqual([]);
  expect(await comeIn(own, "admin", verified(own.email))).toMatchObject({ ok: true });
});

test("another issuer knows nobody yet, and has proven nothing", async () => {
  const own = await district();
  await comeIn(own, "admin", verified(own.email));
  await changeProvider(services, own.asAdmin, own.providerId, other({ issuer: `${provider.issuer}/`, clientSecret: "another" }));
  expect((await readSignIn(services, own.scope)).providers).toMatchObject([{ people: 0, provenAt: null }]);
});

test("addresses inside, and those without TLS, are refused unless the operator trusts them", async () => {
  const scope = operatorScope(await newDistrict(services.db));
  for (const issuer of [
    "http://example.org",
    "https://10.1.2.3",
    "https://169.254.169.254/latest",
    "https://localhost:1",
    "ftp://example.org",
    "no address",
  ])
    await expect(addProvider(services, scope, other({ issuer })), issuer).rejects.toMatchObject({
      code: "invalid",
      fields: { issuer: expect.any(String) },
    });
});

test("an entered configuration is judged whole", async () => {
  const scope = operatorScope(await newDistrict(services.db));
  const fieldsOf = (input: object) =>
    addProvider(services, scope, input).catch((error: { fields?: object }) => Object.keys(error.fields ?? {}).sort());
  expect(await fieldsOf({ ...other(), preset: "google", clientSecret: "" })).toEqual(["tenant"]);
  expect(await fieldsOf({ ...other(), preset: "entra", tenant: "common" })).toEqual(["tenant"]);
  expect(await fieldsOf({ ...other(), preset: "clever", tenant: "5f1" })).toEqual(["integrationId"]);
  expect(await fieldsOf({ ...other(), preset: "other", matchBy: "sis-id" })).toEqual(["integrationId", "sisIdClaim"]);
  expect(await fieldsOf({ ...other(), clientSecret: "" })).toEqual(["clientSecret"]);
});

test("the test of a configuration reads the provider's document and keys, and says what is wrong in words", async () => {
  const own = await district();
  expect(await testProvider(services, own.asAdmin, own.providerId)).toMatchObject({
    issuer: provider.issuer,
    authorizationHost: new URL(provider.issuer).host,
    keys: expect.any(Number),
    saysPkce: true,
    namesItself: true,
  });
  await sql`update identity_providers set issuer = ${`${provider.issuer}/elsewhere`} where id = ${own.providerId}`;
  await expect(testProvider(services, own.asAdmin, own.providerId)).rejects.toMatchObject({
    code: "precondition",
    message: expect.stringContaining("discovery document"),
  });
  expect(await lastOf(own.districtId)).toMatchObject({ action: "identity-provider-tested", details: { outcome: "failed" } });
});

test("a domain leads to one district, whose admin has an address there, and tells of nobody", async () => {
  const [own, theirs] = [await district(), await district()];
  const say = (domains: string[], where = own) => setDomains(services, where.asAdmin, domains);
  const mine = `lakeside${people}.example`;
  await sql`update accounts set email = ${`robin@${mine}`} where id = ${own.adminId}`;
  for (const domain of ["gmail.com", "elsewhere.example", "example", "a b", `${mine}.evil.example`])
    await expect(say([domain]), domain).rejects.toMatchObject({ fields: { domains: expect.any(String) } });
  expect(await say([mine, `students.${mine}`, mine])).toEqual([mine, `students.${mine}`]);
  expect(await waysOfDomain(services, mine.toUpperCase())).toMatchObject({
    ways: [{ districtId: own.districtId, providerId: own.providerId }],
    passwords: true,
  });
  await expect(setDomains(services, theirs.scope, [mine])).rejects.toMatchObject({
    fields: { domains: expect.stringContaining("another district") },
  });
  expect(await waysOfDomain(services, "nobody.example")).toEqual({ ways: [], passwords: true });
  expect(await waysOfDistrict(services, "no id")).toEqual({ ways: [], passwords: true });
  expect(await say([])).toEqual([]);
  expect(await waysOfDomain(services, mine)).toEqual({ ways: [], passwords: true });
});
