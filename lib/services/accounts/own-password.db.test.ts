import { afterAll, expect, test } from "vitest";
import { operatorScope, requireSelf } from "#lib/platform/access.ts";
import { loadSession } from "#lib/services/accounts/sessions.ts";
import { signIn } from "#lib/services/accounts/sign-in.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { changeOwnPassword } from "./own-password.ts";

const { services, close } = await testServices({ now: () => new Date("2026-11-03T12:00:00Z") });
afterAll(close);

let people = 0;
async function admin() {
  const scope = operatorScope(await newDistrict(services.db));
  const email = `own${++people}@example.org`;
  const { id, password } = await createAdmin(services, scope, { email, password: "seven harbors in the rain" });
  return { email, password, own: requireSelf({ kind: "account", accountId: id, districtId: scope.districtId, role: "admin" }) };
}
const next = "a sentence that is long enough";

test("the own password is changed with the current one, and every session ends", async () => {
  const { email, password, own } = await admin();
  const before = await signIn(services, { email, password, address: "192.0.2.1" });
  if (!before.ok) throw new Error("could not sign in");
  await changeOwnPassword(services, own, { current: password, next, repeated: next });
  expect(await loadSession(services, before.session)).toBeNull();
  expect(await signIn(services, { email, password, address: "192.0.2.1" })).toMatchObject({ ok: false });
  expect(await signIn(services, { email, password: next, address: "192.0.2.1" })).toMatchObject({ ok: true });
});

test.each([
  [{ current: "wrong", next, repeated: next }, "current"],
  [{ current: "", next, repeated: next }, "current"],
  [{ next: "short", repeated: "short" }, "next"],
  [{ next: "iloveyouiloveyou", repeated: "iloveyouiloveyou" }, "next"],
  [{ next, repeated: "another" }, "repeated"],
])("refused at the field for %j", async (input, field) => {
  const { password, own } = await admin();
  await expect(changeOwnPassword(services, own, { current: password, ...input })).rejects.toMatchObject({
    code: "invalid",
    fields: { [field]: expect.any(String) },
  });
});

test("guessing the current password comes to an end", async () => {
  const { password, own } = await admin();
  for (let guess = 0; guess < 8; guess++)
    await changeOwnPassword(services, own, { current: `guess ${guess}`, next, repeated: next }).catch(() => undefined);
  await expect(changeOwnPassword(services, own, { current: password, next, repeated: next })).rejects.toThrow("Too many attempts");
});
