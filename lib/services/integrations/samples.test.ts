import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { parseEnv } from "#lib/platform/env.ts";
import { hasSamples, sampleCredentials } from "./samples.ts";

const directory = await mkdtemp(join(tmpdir(), "aivo-samples-"));
afterAll(() => rm(directory, { recursive: true, force: true }));

const scope = operatorScope("01a20cac-d8fa-7647-96fb-1f28003dd082");
const withFile = (path?: string) => ({
  env: parseEnv({
    DATABASE_URL: "postgres://localhost/aivo",
    NEXTAUTH_SECRET: "x".repeat(32),
    AIVO_ENCRYPTION_KEYS: `k:${"A".repeat(43)}=`,
    ...(path === undefined ? {} : { AIVO_SAMPLE_CREDENTIALS: path }),
  }),
});

test("where a sandbox runs, a provider's credentials are read from its file", async () => {
  const path = join(directory, "samples.json");
  const csv = { host: "127.0.0.1", port: "2222" };
  await writeFile(path, JSON.stringify({ clever: {}, classlink: {}, "oneroster-rest": {}, "oneroster-csv": csv }));
  expect(hasSamples(withFile(path))).toBe(true);
  expect(await sampleCredentials(withFile(path), scope, "oneroster-csv")).toEqual(csv);
});

test("without the variable, or without its file, there are none", async () => {
  expect(hasSamples(withFile())).toBe(false);
  for (const services of [withFile(), withFile(join(directory, "gone.json"))])
    await expect(sampleCredentials(services, scope, "clever")).rejects.toMatchObject({ code: "precondition" });
});
