import { and, eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { operatorScope, requireAdmin } from "#lib/access.ts";
import { hashPassword } from "#lib/crypto/password.ts";
import { auditEntries } from "#lib/db/schema/audit.ts";
import { accounts } from "#lib/db/schema/roster.ts";
import { newDistrict, testServices } from "#lib/services.testing.ts";
import { loadSession, signIn } from "./sign-in.ts";
import { signInLimits } from "./throttle.ts";
import { createAdmin, deactivateAccount, reactivateAccount, setPassword } from "./write.ts";

const clock = { now: new Date("2026-11-02T08:00:00Z") };
const { services, close } = await testServices({ now: () => clock.now });
afterAll(close);

let people = 0;
async function admin() {
  const scope = operatorScope(await newDistrict(services.db));
  const email = `admin${++people}@example.org`;
  return { scope, email, ...(await createAdmin(services, scope, { email })) };
}
const from = (email: string, password: string, address = `192.0.2.${++people % 250}`) => signIn(services, { email, password, address });
const auditOf = (districtId: string, action: string) =>
  services.db.orm
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.districtId, districtId), eq(auditEntries.action, action)));

test("an admin signs in with the one-time password, in any case of the email, and has a session", async () => {
  const { scope, email, id, password } = await admin();
  const result = await from(` ${email.toUpperCase()} `, password);
  expect(result).toMatchObject({ ok: true, account: { accountId: id, districtId: scope.districtId, role: "admin" } });
  if (!result.ok) return;
  expect(requireAdmin(await loadSession(services, result.account)).districtId).toBe(scope.districtId);
  expect(await auditOf(scope.districtId, "signed-in")).toHaveLength(1);
});

test("an unknown email and a wrong password get the same answer", async () => {
  const { scope, email } = await admin();
  expect(await from(email, "wrong")).toEqual({ ok: false, reason: "wrong" });
  expect(await from("nobody@example.org", "wrong")).toEqual({ ok: false, reason: "wrong" });
  expect((await auditOf(scope.districtId, "sign-in-refused"))[0]).toMatchObject({ actorKind: "anonymous", details: { reason: "wrong" } });
});

test("a deactivated account cannot sign in, and its session ends at once; who does not know the password learns nothing", async () => {
  const { scope, email, id, password } = await admin();
  await createAdmin(services, scope, { email: `second-${email}` });
  const result = await from(email, password);
  await deactivateAccount(services, scope, id);
  expect(result.ok && (await loadSession(services, result.account))).toBeNull();
  expect(await from(email, password)).toEqual({ ok: false, reason: "deactivated" });
  expect(await from(email, "wrong")).toEqual({ ok: false, reason: "wrong" });
  await reactivateAccount(services, scope, id);
  expect((await from(email, password)).ok).toBe(true);
  // The old session does not come back to life.
  expect(result.ok && (await loadSession(services, result.account))).toBeNull();
});

test("an address that several people of a district share signs nobody in", async () => {
  const { scope, email, password } = await admin();
  const values = { districtId: scope.districtId, role: "learner" as const, givenName: "A", familyName: "B", email };
  await services.db.orm.insert(accounts).values({ ...values, passwordHash: await hashPassword("another password") });
  expect(await from(email, password)).toEqual({ ok: false, reason: "ambiguous" });
  expect(await from(email, "wrong")).toEqual({ ok: false, reason: "wrong" });
});

test("the same address in two districts goes by the password", async () => {
  const { email, password } = await admin();
  const elsewhere = operatorScope(await newDistrict(services.db));
  await createAdmin(services, elsewhere, { email, password: "password of the other" });
  expect(await from(email, "password of the other")).toMatchObject({ ok: true, account: { districtId: elsewhere.districtId } });
  expect((await from(email, password)).ok).toBe(true);
});

test("guesses are counted as they come, also twenty at once, and forgotten after the window", async () => {
  const { email, password } = await admin();
  const guesses = await Promise.all(Array.from({ length: 20 }, () => from(email, "guess")));
  expect(guesses.filter((guess) => !guess.ok && guess.reason === "wrong")).toHaveLength(signInLimits.perEmail);
  expect(await from(email, password)).toEqual({ ok: false, reason: "throttled" });
  clock.now = new Date(clock.now.getTime() + signInLimits.windowMinutes * 60_000 + 1);
  expect((await from(email, password)).ok).toBe(true);
  expect((await from(email, "guess")).ok).toBe(false);
});

test("one address cannot try everybody", async () => {
  const address = "198.51.100.7";
  const { email, password } = await admin();
  await services.db
    .sql`insert into sign_in_throttles select encode(sha256(('address:' || ${address}::text)::bytea), 'base64'), ${signInLimits.perAddress}, ${clock.now.toISOString()}`;
  expect(await from(email, password, address)).toEqual({ ok: false, reason: "throttled" });
  expect((await from(email, password, "198.51.100.8")).ok).toBe(true);
});

test("the last admin and oneself cannot be deactivated; a new password ends sessions", async () => {
  const { scope, email, id, password } = await admin();
  await expect(deactivateAccount(services, scope, id)).rejects.toMatchObject({ code: "precondition" });
  await expect(createAdmin(services, scope, { email })).rejects.toMatchObject({ code: "conflict" });
  const result = await from(email, password);
  if (!result.ok) throw new Error("could not sign in");
  const asAdmin = requireAdmin(await loadSession(services, result.account));
  await createAdmin(services, scope, { email: `other-${email}` });
  await expect(deactivateAccount(services, asAdmin, id)).rejects.toMatchObject({ code: "precondition" });
  const changed = await setPassword(services, scope, id);
  expect(await loadSession(services, result.account)).toBeNull();
  expect((await from(email, changed.password)).ok).toBe(true);
});
