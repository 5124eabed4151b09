import { afterAll, expect, test } from "vitest";
import { testServices } from "#lib/services/testing/services.ts";
import { sis } from "./testing.ts";

const { variables, close } = await testServices();
afterAll(close);

test("database distribute says what is missing on a server without Citus, changes nothing and fails", async () => {
  const said = await sis(variables, "database", "distribute");
  expect(said.exitCode).toBe(1);
  expect(said.stdout).toContain("Nothing was changed.");
  expect(said.stdout).toContain("has no extension citus");
  const { exitCode, json } = await sis(variables, "--json", "database", "distribute", "--shards", "8");
  expect(exitCode).toBe(1);
  expect(json).toMatchObject({ ok: false, done: [], missing: [{ code: "extension", remedy: expect.stringContaining("Install Citus") }] });
  expect(await sis(variables, "--json", "database", "distribute", "--shards", "none")).toMatchObject({
    exitCode: 1,
    json: { error: { code: "usage" } },
  });
});
