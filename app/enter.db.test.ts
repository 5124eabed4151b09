import { afterAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { type OpenServices, openServices } from "#lib/services/services.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { enter } from "./enter.ts";
import { webDatabase } from "./services.ts";

/** What the forms of signing in are answered, whatever is the matter. */
const { env, services, close } = await testServices();
const held = globalThis as { aivoServices?: Promise<OpenServices> };
const web = await openServices(env, webDatabase);
held.aivoServices = Promise.resolve(web);
const client = { address: "192.0.2.1", userAgent: "test" };

afterAll(async () => {
  delete held.aivoServices;
  await web.close();
  await close();
});

test("a password is refused where it is wrong, and a database that is away is no refusal and tells nothing", async () => {
  const scope = operatorScope(await newDistrict(services.db));
  const email = "robin@lakeside.example";
  const password = "correct horse battery staple";
  await createAdmin(services, scope, { email, givenName: "Robin", familyName: "Marsh", password });
  expect(await enter(email, password, client)).toMatchObject({ ok: true });
  expect(await enter(email, "another password", client)).toEqual({ ok: false, reason: "wrong" });
  // The database stores no NUL, so that it cannot be asked for one.
  expect(await enter("ro\0bin@lakeside.example", password, client)).toEqual({ ok: false, reason: "wrong" });
  await web.close();
  expect(await enter(email, password, client)).toEqual({ ok: false, reason: "unavailable" });
});
