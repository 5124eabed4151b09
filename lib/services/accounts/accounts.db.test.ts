import { createHook } from "node:async_hooks";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { and, eq } from "drizzle-orm";
import { afterAll, expect, inject, test } from "vitest";
import { operatorScope, requireSelf } from "#lib/platform/access.ts";
import { hashPassword } from "#lib/platform/crypto/password.ts";
import { auditEntries } from "#lib/platform/db/schema/audit.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { requireAdmin } from "#lib/platform/testing/access.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { chooseFirstPassword } from "./own-password.ts";
import { findSession, loadSession } from "./sessions.ts";
import { signIn } from "./sign-in.ts";
import { signInLimits } from "./throttle.ts";
import { createAdmin, deactivateAccount, oneTimeDays, reactivateAccount, setPassword } from "./write.ts";

// A plan there is the coordinator's.
const isOnCitus = inject("citusWorkerUrls").length > 0;
const clock = { now: new Date("2026-11-02T08:00:00Z") };
const { services, close } = await testServices({ now: () => clock.now });
afterAll(close);

let people = 0;
async function admin() {
  const scope = operatorScope(await newDistrict(services.db));
  const email = `admin${++people}@example.org`;
  return { scope, email, ...(await createAdmin(services, scope, { email, password: `seven harbors in the rain ${people}` })) };
}
const from = (email: string, password: string, address = `192.0.2.${++people % 250}`) => signIn(services, { email, password, address });
const auditOf = (districtId: string, action: string) =>
  services.db.orm
    .select()
    .from(auditEntries)
    .where(and(eq(auditEntries.districtId, districtId), eq(auditEntries.action, action)));

test("an admin signs in with the password, in any case of the email, and has a session", async () => {
  const { scope, email, id, password } = await admin();
  const result = await from(` ${email.toUpperCase()} `, password);
  expect(result).toMatchObject({ ok: true, account: { accountId: id, districtId: scope.districtId, role: "admin" } });
  if (!result.ok) return;
  expect(requireAdmin(await loadSession(services, result.session)).districtId).toBe(scope.districtId);
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
  expect(result.ok && (await loadSession(services, result.session))).toBeNull();
  expect(await from(email, password)).toEqual({ ok: false, reason: "deactivated" });
  expect(await from(email, "wrong")).toEqual({ ok: false, reason: "wrong" });
  await reactivateAccount(services, scope, id);
  expect((await from(email, password)).ok).toBe(true);
  // The old session does not come back to life.
  expect(result.ok && (await loadSession(services, result.session))).toBeNull();
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

test("a password that got out is not taken, where the operator gave a list of them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aivo-breached-"));
  const breachedPasswords = join(folder, "list");
  const stolen = "a kettle on the stairs";
  await writeFile(breachedPasswords, `${createHash("sha1").update(stolen).digest("hex").toUpperCase()}:2\r\n`);
  const { scope, id } = await admin();
  const warned = { ...services, env: { ...services.env, breachedPasswords } };
  await expect(setPassword(warned, scope, id, stolen)).rejects.toMatchObject({
    code: "invalid",
    fields: { next: expect.stringContaining("made known") },
  });
  await setPassword(warned, scope, id, "a kettle on the landing");
  await setPassword(services, scope, id, stolen);
  await rm(folder, { recursive: true });
});

test("one address cannot try everybody", async () => {
  const address = "198.51.100.7";
  const { email, password } = await admin();
  await services.db
    .sql`insert into sign_in_throttles select encode(sha256(('address:' || ${address}::text)::bytea), 'base64'), ${signInLimits.perAddress}, ${clock.now.toISOString()}`;
  expect(await from(email, password, address)).toEqual({ ok: false, reason: "throttled" });
  expect((await from(email, password, "198.51.100.8")).ok).toBe(true);
});

test("a one-time password signs in to nothing but choosing another one, and only for a week", async () => {
  const { scope, email, id } = await admin();
  const { password } = await setPassword(services, scope, id);
  const result = await from(email, password);
  if (!result.ok) throw new Error(result.reason);
  expect(await loadSession(services, result.session)).toBeNull();
  const session = await findSession(services, result.session);
  expect(session).toMatchObject({ step: "choose-password", actor: { accountId: id } });
  const own = requireSelf(session?.actor ?? null);
  const elsewhere = await from(email, password);
  const choose = (next: string, repeated = next) => chooseFirstPassword(services, own, session?.id ?? "", { next, repeated });
  await expect(choose(password)).rejects.toMatchObject({ fields: { next: expect.stringContaining("differs") } });
  await expect(choose("passwordpassword")).rejects.toMatchObject({ fields: { next: expect.stringContaining("easy to guess") } });
  await expect(choose(email)).rejects.toMatchObject({ code: "invalid" });
  await expect(choose("a kettle on the stairs", "a kettle")).rejects.toMatchObject({ fields: { repeated: expect.any(String) } });
  await choose("a kettle on the stairs");
  expect(await loadSession(services, result.session)).not.toBeNull();
  expect(elsewhere.ok && (await findSession(services, elsewhere.session))).toBeNull();
  expect((await from(email, password)).ok).toBe(false);
  const again = await from(email, "a kettle on the stairs");
  expect(again.ok && (await loadSession(services, again.session))).not.toBeNull();

  const late = await setPassword(services, scope, id);
  clock.now = new Date(clock.now.getTime() + oneTimeDays * 86_400_000);
  expect(await from(email, late.password)).toEqual({ ok: false, reason: "expired" });
  expect(await from(email, "wrong")).toEqual({ ok: false, reason: "wrong" });
});

test("an admin gives nobody else a password, and makes no admin with one", async () => {
  const { scope, id } = await admin();
  const other = await createAdmin(services, scope, { email: `given${++people}@example.org` });
  const asAdmin = requireAdmin({ kind: "account", accountId: id, districtId: scope.districtId, role: "admin", isConfirmed: true });
  for (const password of [undefined, "seven harbors in the rain"])
    await expect(setPassword(services, asAdmin, other.id, password)).rejects.toMatchObject({ code: "forbidden" });
  await expect(createAdmin(services, asAdmin, { email: `made${++people}@example.org` })).rejects.toMatchObject({ code: "forbidden" });
});

test("the last admin and oneself cannot be deactivated; a new password ends sessions", async () => {
  const { scope, email, id, password } = await admin();
  await expect(deactivateAccount(services, scope, id)).rejects.toMatchObject({ code: "precondition" });
  await expect(createAdmin(services, scope, { email })).rejects.toMatchObject({ code: "conflict" });
  const result = await from(email, password);
  if (!result.ok) throw new Error("could not sign in");
  const asAdmin = requireAdmin(await loadSession(services, result.session));
  await createAdmin(services, scope, { email: `other-${email}` });
  await expect(deactivateAccount(services, asAdmin, id)).rejects.toMatchObject({ code: "precondition" });
  const changed = await setPassword(services, scope, id);
  expect(await loadSession(services, result.session)).toBeNull();
  expect((await from(email, changed.password)).ok).toBe(true);
});

/** Derivations that Node was asked for while `work` ran. */
async function derivationsOf(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const hook = createHook({ init: (_id, type) => void (type === "SCRYPTREQUEST" && count++) }).enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return count;
}

/** Statements that the driver built while `work` ran, with their parameters; of a token what it is for. */
async function statementsOf(work: () => Promise<unknown>): Promise<{ readonly query: string; readonly parameters: unknown[] }[]> {
  const built: { query: string; parameters: unknown[] }[] = [];
  const pools = [services.db.sql, ...(services.db.entrance ? [services.db.entrance.sql] : [])];
  // What pg-boss remembers of a queue it asks for again after a time, whoever comes then.
  const tell = (_connection: number, query: string, parameters: unknown[]) =>
    /^\s*SELECT\s+q\.name,\s+q\.policy/.test(query) ||
    built.push({ query: query.replaceAll(/'[0-9a-f-]{36}(\.[0-9a-f]{64})?'/g, "'district'"), parameters });
  for (const { options } of pools) Object.assign(options, { debug: tell });
  try {
    await work();
  } finally {
    for (const { options } of pools) Object.assign(options, { debug: false });
  }
  return built;
}

test("one derivation signs in, whoever shares the address, and as many for an address that nobody has", async () => {
  const { email, password } = await admin();
  const others: { password: string; districtId: string; id: string }[] = [];
  for (let i = 0; i < 6; i++) {
    const scope = operatorScope(await newDistrict(services.db));
    others.push({ ...(await createAdmin(services, scope, { email })), districtId: scope.districtId });
  }
  expect(await derivationsOf(() => from(email, password))).toBe(1);
  expect(await derivationsOf(() => from(email, "wrong"))).toBe(1);
  expect(await derivationsOf(() => from("nobody-there@example.org", "wrong"))).toBe(1);
  for (const other of others.slice(0, 3)) {
    expect(await from(email, other.password)).toMatchObject({ ok: true, account: { districtId: other.districtId } });
    // A new password goes on being one of them.
    const changed = await setPassword(services, operatorScope(other.districtId), other.id);
    expect(await from(email, changed.password)).toMatchObject({ ok: true, account: { districtId: other.districtId } });
  }
});

test("accounts that came to share an address with salts of their own are compared in turn", async () => {
  const [one, other] = [await admin(), await admin()];
  await services.db.orm.update(accounts).set({ email: one.email }).where(eq(accounts.id, other.id));
  const first = [await from(one.email, one.password), await from(one.email, one.password)];
  const second = [await from(one.email, other.password), await from(one.email, other.password)];
  expect(first.some((tried) => tried.ok && tried.account.accountId === one.id)).toBe(true);
  expect(second.some((tried) => tried.ok && tried.account.accountId === other.id)).toBe(true);
});

test("a refusal makes the same statements for an address that nobody has, and undoes them", async () => {
  const { scope, email } = await admin();
  await services.db.orm
    .insert(accounts)
    .values({ districtId: scope.districtId, role: "learner", givenName: "A", familyName: "B", email: `rostered-${email}` });
  const texts = async (address: string) => (await statementsOf(() => from(address, "wrong"))).map(({ query }) => query);
  const entries = () => services.db.sql`select from audit_entries`.then((rows) => rows.length);
  await from(email, "wrong");
  const known = await texts(email);
  const before = await entries();
  const unknown = await texts("nobody-at-all@example.org");
  const rostered = await texts(`rostered-${email}`);
  expect(known.at(-1)).toMatch(/^commit/);
  expect(known.length).toBeGreaterThan(6);
  for (const other of [unknown, rostered]) expect([...other.slice(0, -1), "commit"]).toEqual([...known.slice(0, -1), "commit"]);
  expect(unknown.at(-1)).toMatch(/^rollback/);
  expect(await entries()).toBe(before);
});

test.skipIf(isOnCitus)("signing in looks an address up by its index among many rostered people", async () => {
  const { scope, email, password } = await admin();
  await services.db.sql`
    insert into accounts (district_id, role, given_name, family_name, email)
    select ${scope.districtId}, 'learner', 'A', 'B', 'rostered' || i || '@example.org' from generate_series(1, 20000) i`;
  await services.db.sql`analyze accounts`;
  const statements = await statementsOf(() => from(email, password));
  const lookups = statements.filter(({ query }) => /from "accounts"/.test(query));
  expect(lookups).toHaveLength(2);
  for (const { query, parameters } of lookups) {
    const plan = await services.db.sql.unsafe(`explain (analyze, buffers, timing off, format json) ${query}`, parameters as never[], {
      prepare: false,
    });
    const text = JSON.stringify(plan[0]?.["QUERY PLAN"]);
    expect(text).not.toContain("Seq Scan");
    expect(text).toMatch(/"Index Name":"accounts_(sign_in|email)"/);
  }
  expect(await from(email, password)).toMatchObject({ ok: true });
});
