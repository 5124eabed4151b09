import { afterAll, expect, test } from "vitest";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { sis } from "./testing.ts";

const { services, variables, close } = await testServices();
afterAll(close);
const run = (...words: string[]) => sis(variables, "--json", ...words);

test("tokens and applications are created, listed and revoked; what is secret is shown once", async () => {
  const district = await newDistrict(services.db);
  const made = (
    await run("token", "create", "--district", district, "--name", "Report", "--scopes", "read:runs,read:roster", "--days", "30")
  ).json;
  expect(made).toMatchObject({ secret: expect.stringMatching(/^aivo_[\w-]{64}$/), clientId: null });
  const application = (await run("token", "create", "--district", district, "--name", "Library", "--application")).json;
  expect(application).toMatchObject({ secret: expect.stringMatching(/^aivosecret_/), clientId: expect.stringMatching(/^aivoapp_/) });
  const listed = await run("token", "list", "--district", district);
  expect(listed.json).toMatchObject([
    { kind: "application", name: "Library", state: "active", scopes: ["read:roster"] },
    { kind: "token", name: "Report", state: "active", scopes: ["read:runs", "read:roster"], hint: made.secret.slice(-4) },
  ]);
  expect(JSON.stringify(listed.json)).not.toContain(made.secret);
  expect((await run("token", "revoke", made.id)).json).toEqual({ id: made.id, state: "revoked" });
  expect((await run("token", "list", "--district", district)).json[1].state).toBe("revoked");
  for (const words of [
    ["--days", "400", "--scopes", "read:runs"],
    ["--days", "30"],
    ["--scopes", "everything"],
  ])
    expect((await run("token", "create", "--district", district, "--name", "Too much", ...words)).json.error.code).toBe("invalid");
});
