import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openOpenIdProvider } from "#lib/services/testing/openid-provider.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { sis } from "./testing.ts";

const provider = await openOpenIdProvider(["http://127.0.0.1:3999/callback"]);
const { services, variables, close } = await testServices({ variables: { AIVO_TRUSTED_SIS_ORIGINS: provider.issuer } });
const directory = await mkdtemp(join(tmpdir(), "aivo-sign-in-"));
afterAll(async () => {
  await close();
  await provider.close();
  await rm(directory, { recursive: true });
});

test("a provider is added, tested, changed, and removed; its secret is printed by nothing", async () => {
  const district = await newDistrict(services.db);
  const file = join(directory, "provider.json");
  const input = { preset: "other", label: "Lakeside", issuer: provider.issuer, matchBy: "email", clientId: "aivo" };
  await writeFile(file, JSON.stringify({ ...input, clientSecret: "kept from everybody" }));
  const printed: string[] = [];
  const say = async (...words: string[]) => {
    const answer = await sis(variables, "sign-in", ...words, "--json");
    printed.push(answer.stdout, answer.stderr);
    return answer;
  };
  const { id } = (await say("add", "--district", district, "--from", file)).json;
  expect((await say("test", id)).json).toMatchObject({ issuer: provider.issuer, saysPkce: true });
  await writeFile(file, JSON.stringify({ ...input, label: "Lakeside’s accounts" }));
  expect((await say("change", id, "--from", file)).json).toEqual({ id });
  expect((await say("domains", "--district", district, "--set", "lakeside.example, students.lakeside.example")).json.domains).toHaveLength(
    2,
  );
  expect((await say("show", "--district", district)).json).toMatchObject({
    providers: [{ id, label: "Lakeside’s accounts", people: 0, provenAt: null }],
    domains: ["lakeside.example", "students.lakeside.example"],
    onlySince: null,
  });
  expect((await sis(variables, "sign-in", "show", "--district", district)).stdout).toContain("passwords  go");
  // Nobody has come in that way yet.
  expect(await say("passwords", "--district", district, "--off")).toMatchObject({ exitCode: 1, json: { error: { code: "precondition" } } });
  await services.db.sql`update identity_providers set proven_at = now() where id = ${id}`;
  expect((await say("passwords", "--district", district, "--off")).json).toEqual({ passwords: false });
  expect((await say("remove", id)).exitCode).toBe(1);
  expect((await say("passwords", "--district", district, "--on")).json).toEqual({ passwords: true });
  expect((await say("passwords", "--district", district)).json.error.code).toBe("usage");
  expect((await say("remove", id)).json).toEqual({ id });
  await writeFile(file, '{"clientSecret": "kept from everybody');
  expect((await say("add", "--district", district, "--from", file)).json.error.code).toBe("invalid");
  expect(printed.join()).not.toContain("kept from everybody");
});
