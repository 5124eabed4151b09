import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { dropDemoEnvironment, keepDemoEnvironment } from "./demo-environment.ts";
import { productEnvironment } from "./product-environment.ts";
import type { Variables } from "./variables.ts";

const dataDirectory = await mkdtemp(join(tmpdir(), "aivo-demo-environment-"));
const path = join(dataDirectory, "demo-environment.json");
afterAll(() => rm(dataDirectory, { recursive: true, force: true }));

const sandbox = {
  AIVO_TRUSTED_SIS_ORIGINS: "sftp://10.0.0.5:22,http://127.0.0.1:4010",
  CLEVER_API_URL: "http://127.0.0.1:4011",
  CLEVER_AUTH_URL: "http://127.0.0.1:4012",
  CLASSLINK_PROXY_URL: "http://127.0.0.1:4013",
  AIVO_SMTP_URL: "smtp://127.0.0.1:4014",
  AIVO_MAIL_FROM: "Aivo <aivo@cedarfalls.example>",
  NEXTAUTH_URL: "http://localhost:4015",
};
/** As another terminal has it, whose database is the start's. */
const terminal = { AIVO_DATA_DIR: dataDirectory, DATABASE_URL: "postgres://aivo:in-the-file-never@127.0.0.1:5999/aivo" };
const taken = async (given: Variables) => {
  const { variables } = await productEnvironment(given);
  const told: Variables = {
    ...variables,
    NEXTAUTH_URL: variables.NEXTAUTH_URL === "http://localhost:3000" ? undefined : variables.NEXTAUTH_URL,
  };
  return Object.fromEntries(Object.keys(sandbox).flatMap((name) => (told[name] === undefined ? [] : [[name, told[name]]])));
};

beforeEach(() => keepDemoEnvironment(dataDirectory, { ...terminal, ...sandbox, NEXTAUTH_SECRET: "in-the-file-never" }));

test("a command of another terminal finds the sandbox as the start's own processes do", async () => {
  expect(await taken(terminal)).toEqual(sandbox);
  expect(await taken({ ...terminal, AIVO_DEMO: "1", CLEVER_API_URL: "" })).toEqual(sandbox);
});

test("what is given counts", async () => {
  const given = { AIVO_TRUSTED_SIS_ORIGINS: "https://sis.example.org:8443", CLEVER_API_URL: "https://api.clever.example" };
  expect(await taken({ ...terminal, ...given })).toEqual({ ...sandbox, ...given });
});

test("nothing is taken over where the demo is off or the database is another one", async () => {
  expect(await taken({ ...terminal, AIVO_DEMO: "0" })).toEqual({});
  expect(await taken({ ...terminal, DATABASE_URL: "postgres://aivo@db.example.org/aivo" })).toEqual({});
  expect(await taken({ ...terminal, DATABASE_URL: "postgres://aivo@127.0.0.1:5999/other" })).toEqual({});
});

test("nothing is taken over from a start that has ended, in order or not, nor from a file cut short", async () => {
  const kept = await readFile(path, "utf8");
  const ended = spawnSync(process.execPath, ["--version"]).pid;
  await writeFile(path, kept.replace(`"pid": ${process.pid}`, `"pid": ${ended}`));
  expect(await taken(terminal)).toEqual({});
  await writeFile(path, kept.slice(0, -20));
  expect(await taken(terminal)).toEqual({});
  await dropDemoEnvironment(dataDirectory);
  expect(await taken(terminal)).toEqual({});
});

test("its owner alone reads the file, and there is no secret in it", async () => {
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, "utf8")).not.toContain("in-the-file-never");
  const own = "smtp://aivo:in-the-file-never@mail.example.org";
  await keepDemoEnvironment(dataDirectory, { ...terminal, ...sandbox, AIVO_SMTP_URL: own });
  expect(await readFile(path, "utf8")).not.toContain("in-the-file-never");
});
