import { createHash } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { parseKeyring } from "#lib/platform/crypto/keyring.ts";
import { listAccounts } from "#lib/services/accounts/read.ts";
import { loadSession } from "#lib/services/accounts/sessions.ts";
import { addApp, addPasskey, as, codeAt, newAdmin, password } from "#lib/services/accounts/testing/factors.ts";
import { setPassword } from "#lib/services/accounts/write.ts";
import { updateDistrict } from "#lib/services/districts/write.ts";
import { resealAll } from "#lib/services/integrations/rotate-keys.ts";
import { softwarePasskey } from "#lib/services/testing/passkey.ts";
import { testServices } from "#lib/services/testing/services.ts";
import { beginApp, finishApp } from "./app.ts";
import { askPasskey, beginPasskey, finishPasskey } from "./passkeys.ts";
import { prove } from "./prove.ts";
import { listFactors, waysToProve } from "./read.ts";
import { renewCodes } from "./recovery-codes.ts";
import { removeApp, removePasskey, resetSecondFactor } from "./remove.ts";

const clock = { now: new Date("2026-11-03T12:00:00Z") };
const { services, close } = await testServices({ now: () => clock.now, variables: { NEXTAUTH_URL: "https://aivo.example" } });
afterAll(close);

const later = (seconds: number) => {
  clock.now = new Date(clock.now.getTime() + seconds * 1000);
};
const half = 30;

test("without a second factor, and where none is demanded, the password is all there is", async () => {
  const { enter } = await newAdmin(services);
  const key = await enter();
  expect(await as(services, key)).toMatchObject({ step: null, isConfirmed: true });
  const { own } = await as(services, key);
  expect(await waysToProve(services, own.scope)).toEqual(["password"]);
});

test("with an app, a session is nobody's until a code of it was right", async () => {
  const { enter } = await newAdmin(services);
  const { secret } = await addApp(services, await enter());
  later(half);
  const key = await enter();
  expect(await loadSession(services, key)).toBeNull();
  expect(await as(services, key)).toMatchObject({ step: "prove-factor", isConfirmed: false });
  const { own } = await as(services, key);
  await prove(services, own, { kind: "app", code: codeAt(secret, clock.now) });
  expect(await loadSession(services, key)).toMatchObject({ kind: "account", isConfirmed: true });
});

test("a code works once, also of two at once and of two sessions, and with it end those before it", async () => {
  const { enter } = await newAdmin(services);
  const { secret } = await addApp(services, await enter());
  later(half);
  const [one, two] = [await enter(), await enter()];
  const code = codeAt(secret, clock.now);
  const tries = await Promise.allSettled(
    [one, two].map(async (key) => prove(services, (await as(services, key)).own, { kind: "app", code })),
  );
  expect(tries.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const { own } = await as(services, (await loadSession(services, one)) === null ? one : two);
  await expect(prove(services, own, { kind: "app", code })).rejects.toMatchObject({ code: "invalid", fields: { code: /used already/ } });
  await expect(prove(services, own, { kind: "app", code: codeAt(secret, new Date(clock.now.getTime() - 30_000)) })).rejects.toMatchObject({
    code: "invalid",
  });
});

test("one step of thirty seconds to either side is let through, and none further", async () => {
  const { enter } = await newAdmin(services);
  const { secret } = await addApp(services, await enter());
  later(600);
  const { own } = await as(services, await enter());
  const at = (seconds: number) => codeAt(secret, new Date(clock.now.getTime() + seconds * 1000));
  for (const away of [-60, 60])
    await expect(prove(services, own, { kind: "app", code: at(away) })).rejects.toMatchObject({ code: "invalid" });
  await prove(services, own, { kind: "app", code: at(-30) });
  await prove(services, own, { kind: "app", code: at(30) });
});

test("another's code, another's passkey and the password open nothing", async () => {
  const [mine, theirs] = [await newAdmin(services), await newAdmin(services)];
  await addApp(services, await mine.enter());
  const them = await theirs.enter();
  const { secret } = await addApp(services, them);
  const { passkey } = await addPasskey(services, them);
  later(half);
  const { own } = await as(services, await mine.enter());
  await expect(prove(services, own, { kind: "app", code: codeAt(secret, clock.now) })).rejects.toMatchObject({ code: "invalid" });
  await expect(prove(services, own, { kind: "password", password })).rejects.toMatchObject({ code: "invalid" });
  const asked = await askPasskey(services, (await as(services, them)).own);
  await expect(prove(services, own, { kind: "passkey", answer: passkey.answer(asked) })).rejects.toMatchObject({ code: "invalid" });
});

test("guesses count like those of a password, by account, and the ninth is not looked at", async () => {
  const { enter } = await newAdmin(services);
  const { secret } = await addApp(services, await enter());
  later(half);
  const { own } = await as(services, await enter());
  const right = codeAt(secret, clock.now);
  const wrong = right === "000000" ? "000001" : "000000";
  for (let guess = 1; guess <= 8; guess += 1)
    await expect(prove(services, own, { kind: "app", code: wrong })).rejects.toMatchObject({ code: "invalid" });
  await expect(prove(services, own, { kind: "app", code: right })).rejects.toThrow("Too many attempts");
  later(15 * 60);
  const again = await as(services, await enter());
  await prove(services, again.own, { kind: "app", code: codeAt(secret, clock.now) });
});

test("an app's secret is sealed, and under another key after a rotation", async () => {
  const { enter, scope } = await newAdmin(services);
  const { secret } = await addApp(services, await enter());
  const sealed = async () => {
    const [row] = await services.db.sql<{ sealed: string }[]>`
      select sealed_secret as sealed from authenticator_apps where district_id = ${scope.districtId}`;
    return row?.sealed ?? "";
  };
  expect(await sealed()).toMatch(/^test-1:/);
  expect(await sealed()).not.toContain(secret);
  const keyring = parseKeyring(`test-2:${Buffer.alloc(32, 7).toString("base64")},${services.env.encryptionKeys}`);
  const rotated = { ...services, keyring };
  expect((await resealAll(rotated)).failed).toEqual([]);
  expect(await sealed()).toMatch(/^test-2:/);
  later(half);
  const { own } = await as(services, await enter());
  await prove(rotated, own, { kind: "app", code: codeAt(secret, clock.now) });
  await services.db.sql`delete from authenticator_apps`;
});

test("a passkey proves it once, to what was asked, in time, by its owner, on Aivo's own address", async () => {
  const { enter } = await newAdmin(services);
  const { passkey, codes } = await addPasskey(services, await enter());
  expect(codes).toHaveLength(10);
  const { own } = await as(services, await enter());
  const refused = (answer: object) =>
    expect(prove(services, own, { kind: "passkey", answer } as Parameters<typeof prove>[2])).rejects.toMatchObject({ code: "invalid" });
  const ask = () => askPasskey(services, own);
  await refused(passkey.answer({ challenge: "bm90IGFza2Vk" }));
  await refused(passkey.answer(await ask(), { origin: "https://aivo.example.evil.example" }));
  await refused(passkey.answer(await ask(), { host: "evil.example" }));
  await refused(passkey.answer(await ask(), { isVerified: false }));
  await refused(softwarePasskey("https://aivo.example").answer(await ask()));
  const old = await ask();
  later(5 * 60 + 1);
  await refused(passkey.answer(old));
  const replaced = await ask();
  await ask();
  await refused(passkey.answer(replaced));
  later(15 * 60);
  const answer = passkey.answer(await ask());
  await prove(services, own, { kind: "passkey", answer });
  await refused(answer);
  // A copy of it, which counts from where it was taken.
  await refused(passkey.answer(await ask(), { counter: 1 }));
  await refused({ ...answer, id: 7 });
});

test("a passkey is added to what was asked alone, and nobody's twice", async () => {
  const { enter, scope } = await newAdmin(services);
  const { own } = await as(services, await enter());
  const passkey = softwarePasskey(services.env.publicUrl);
  const add = (answer: object) => finishPasskey(services, own, { name: "Key", answer });
  await expect(add(passkey.register({ challenge: "bm90IGFza2Vk" }))).rejects.toMatchObject({ code: "invalid" });
  await expect(add(passkey.register(await beginPasskey(services, own), { origin: "https://evil.example" }))).rejects.toMatchObject({
    code: "invalid",
  });
  await expect(add(passkey.register(await beginPasskey(services, own), { isVerified: false }))).rejects.toMatchObject({ code: "invalid" });
  await add(passkey.register(await beginPasskey(services, own)));
  await expect(add(passkey.register(await beginPasskey(services, own)))).rejects.toMatchObject({ code: "conflict" });
  const other = await newAdmin(services, scope.districtId);
  const { own: others } = await as(services, await other.enter());
  const answer = passkey.register(await beginPasskey(services, others));
  await expect(finishPasskey(services, others, { name: "Theirs", answer })).rejects.toMatchObject({ code: "conflict" });
});

test("a recovery code works once, is told by email and in the audit log, and new ones end the old", async () => {
  const { enter, id, scope } = await newAdmin(services);
  const { codes } = await addApp(services, await enter());
  expect(new Set(codes).size).toBe(10);
  const key = await enter();
  const { own } = await as(services, key);
  await prove(services, own, { kind: "recovery-code", code: ` ${codes[0]?.toUpperCase().replaceAll("-", " ")} ` });
  expect(await loadSession(services, key)).not.toBeNull();
  await expect(prove(services, own, { kind: "recovery-code", code: codes[0] ?? "" })).rejects.toMatchObject({ code: "invalid" });
  expect((await listFactors(services, scope, id)).recoveryCodesLeft).toBe(9);
  const stored = await services.db.sql<{ all: string }[]>`
    select string_agg(code_hash, ' ') as all from recovery_codes where district_id = ${scope.districtId}`;
  for (const code of codes) expect(stored[0]?.all).not.toContain(code);
  expect(stored[0]?.all.split(" ").filter((hash) => !hash.startsWith("scrypt:32768:8:1:"))).toEqual([]);
  const { codes: fresh } = await renewCodes(services, (await as(services, key)).own);
  await expect(prove(services, own, { kind: "recovery-code", code: codes[1] ?? "" })).rejects.toMatchObject({ code: "invalid" });
  await prove(services, own, { kind: "recovery-code", code: fresh[0] ?? "" });
  const [audited] = await services.db.sql`
    select details from audit_entries where district_id = ${scope.districtId} and action = 'recovery-code-used' order by seq limit 1`;
  expect(audited?.details).toEqual({ left: 9 });
});

test("of one recovery code that comes twice at once one counts, and codes that were kept by a quick hash still do", async () => {
  const { enter, id, scope } = await newAdmin(services);
  const { codes } = await addApp(services, await enter());
  const { own } = await as(services, await enter());
  const twice = await Promise.allSettled([0, 1].map(() => prove(services, own, { kind: "recovery-code", code: codes[3] ?? "" })));
  expect(twice.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const former = createHash("sha256").update(`${id}:abcdefghjkmnpqrs`).digest("base64url");
  await services.db
    .sql`insert into recovery_codes (district_id, account_id, code_hash, made_at) values (${scope.districtId}, ${id}, ${former}, now())`;
  await prove(services, own, { kind: "recovery-code", code: "abcd-efgh-jkmn-pqrs" });
  await expect(prove(services, own, { kind: "recovery-code", code: "abcd-efgh-jkmn-pqrs" })).rejects.toMatchObject({ code: "invalid" });
});

test("a district that demands one has whoever has none set one up, and nobody take the last one away", async () => {
  const mine = await newAdmin(services);
  const other = await newAdmin(services, mine.scope.districtId);
  const key = await mine.enter();
  const { admin } = await as(services, key);
  await expect(updateDistrict(services, admin, { requiresSecondFactor: true })).rejects.toMatchObject({ code: "precondition" });
  await addApp(services, key);
  await updateDistrict(services, admin, { requiresSecondFactor: true });
  await expect(removeApp(services, (await as(services, key)).own)).rejects.toMatchObject({ code: "precondition" });

  const theirs = await other.enter();
  expect(await loadSession(services, theirs)).toBeNull();
  expect((await as(services, theirs)).step).toBe("set-up-factor");
  const { codes } = await addApp(services, theirs);
  expect(codes).toHaveLength(10);
  expect(await loadSession(services, theirs)).not.toBeNull();
});

test("a one-time password is changed after the second factor was proved, and before one is set up", async () => {
  const { enter, id, scope } = await newAdmin(services);
  const { secret } = await addApp(services, await enter());
  await services.db
    .sql`update accounts set password_expires_at = ${new Date(clock.now.getTime() + 86_400_000).toISOString()} where id = ${id}`;
  later(half);
  const key = await enter();
  expect((await as(services, key)).step).toBe("prove-factor");
  await prove(services, (await as(services, key)).own, { kind: "app", code: codeAt(secret, clock.now) });
  const { step, own } = await as(services, key);
  expect(step).toBe("choose-password");
  await setPassword(services, own.scope, id, "a kettle on the stairs", { keeps: own.sessionId });
  expect((await as(services, key)).step).toBeNull();
  expect(scope.districtId).toBe(own.scope.districtId);
});

test("another admin, or the operator, takes a lost one away: sessions end, and nobody does it to themselves", async () => {
  const mine = await newAdmin(services);
  const other = await newAdmin(services, mine.scope.districtId);
  const key = await mine.enter();
  await addPasskey(services, key);
  const { admin } = await as(services, await other.enter());
  const withOne = async () => (await listAccounts(services, admin, "admin")).filter((one) => one.hasSecondFactor).map((one) => one.id);
  expect(await withOne()).toEqual([mine.id]);
  await expect(resetSecondFactor(services, { ...admin }, other.id)).rejects.toMatchObject({ code: "precondition" });
  await expect(resetSecondFactor(services, (await newAdmin(services)).scope, mine.id)).rejects.toMatchObject({ code: "not-found" });
  await resetSecondFactor(services, admin, mine.id);
  expect(await withOne()).toEqual([]);
  expect(await loadSession(services, key)).toBeNull();
  expect(await as(services, await mine.enter())).toMatchObject({ step: null });
  expect(await listFactors(services, mine.scope, mine.id)).toEqual({ app: null, passkeys: [], recoveryCodesLeft: 0, isDemanded: false });
  await expect(resetSecondFactor(services, mine.scope, mine.id)).rejects.toMatchObject({ code: "precondition" });
});

test("the last one that is removed takes the recovery codes along, and others' passkeys are not found", async () => {
  const { enter, id, scope } = await newAdmin(services);
  const key = await enter();
  await addApp(services, key);
  await addPasskey(services, key, "Security key");
  const { own } = await as(services, key);
  const { passkeys } = await listFactors(services, scope, id);
  expect(passkeys.map(({ name }) => name)).toEqual(["Security key"]);
  const stranger = await newAdmin(services, scope.districtId);
  const strange = (await as(services, await stranger.enter())).own;
  await expect(removePasskey(services, strange, passkeys[0]?.id ?? "")).rejects.toMatchObject({ code: "not-found" });
  await removeApp(services, own);
  await removePasskey(services, own, passkeys[0]?.id ?? "");
  expect(await listFactors(services, scope, id)).toMatchObject({ app: null, passkeys: [], recoveryCodesLeft: 0 });
});

test("an app that was begun proves nothing, and one that is in use is not begun again", async () => {
  const { enter, id, scope } = await newAdmin(services);
  const key = await enter();
  const { own } = await as(services, key);
  const { secret } = await beginApp(services, own);
  expect((await as(services, await enter())).step).toBeNull();
  await expect(prove(services, own, { kind: "app", code: codeAt(secret, clock.now) })).rejects.toMatchObject({ code: "invalid" });
  const { secret: another } = await beginApp(services, own);
  await expect(finishApp(services, own, codeAt(secret, clock.now))).rejects.toMatchObject({ code: "invalid" });
  await finishApp(services, own, codeAt(another, clock.now));
  await expect(beginApp(services, own)).rejects.toMatchObject({ code: "conflict" });
  await expect(finishApp(services, own, codeAt(another, clock.now))).rejects.toMatchObject({ code: "precondition" });
  expect((await listFactors(services, scope, id)).app).not.toBeNull();
});
