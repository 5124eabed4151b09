import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { linesAMinute } from "#app/refusals.ts";
import { type TestServices, testServices } from "#lib/services/testing/services.ts";
import { claimBuild, ensureBuild } from "./support/build.ts";
import { startWebProcess, type WebUnderTest } from "./testing/web.ts";

/** What whoever watches a real web server sees of requests that no browser and no program of Aivo's sends. Asked for by `npm run test:crashes`. */
const token = randomBytes(16).toString("hex");
const secret = "lee.pupil-and-a-secret";
let folder: string;
let kit: TestServices;
let web: WebUnderTest;
let buildClaim: { release(): Promise<void> };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aivo-refused-"));
  const build = await ensureBuild(() => {});
  buildClaim = await claimBuild(build);
  kit = await testServices();
  const own = { NEXTAUTH_URL: "https://aivo.example.org", AIVO_METRICS_TOKEN: token, AIVO_DATA_DIR: folder };
  web = await startWebProcess(build.directory, { ...kit.variables, ...own });
}, 600_000);
afterAll(async () => {
  web.process.kill("SIGKILL");
  await web.ended;
  await kit.close();
  await buildClaim.release();
  await rm(folder, { recursive: true, force: true });
});

function ask(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body = ""): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { port: web.port, method, path, headers: { ...headers, "content-length": Buffer.byteLength(body) } },
      (answer) => {
        answer.resume().on("end", () => resolve(answer.statusCode ?? 0));
      },
    );
    asked.on("error", reject).end(body);
  });
}
const action = { "next-action": "a".repeat(42), "content-type": "text/plain" };

test("each kind is refused, counted, and a line of the log without address, name or secret; the lines are bounded", async () => {
  const times = linesAMinute + 50;
  const kinds = [
    { status: 405, code: "method", ask: () => ask("DELETE", `/roster/${secret}`) },
    { status: 405, code: "method", ask: () => ask("TRACE", `/?${secret}`) },
    { status: 405, code: "method", ask: () => ask("GET", `/api/auth/callback/credentials?password=${secret}`) },
    { status: 405, code: "method", ask: () => ask("POST", `/icon.svg?${secret}`) },
    { status: 405, code: "method", ask: () => ask("PUT", `/marks/%63lever.svg?${secret}`) },
    {
      status: 403,
      code: "foreign-origin",
      ask: () => ask("POST", `/overview?${secret}`, { ...action, origin: `https://${secret}.example` }, "[]"),
    },
    { status: 400, code: "malformed", ask: () => ask("POST", "/overview", { cookie: secret }, secret) },
    {
      status: 400,
      code: "malformed",
      ask: () => ask("POST", "/overview", { ...action, origin: "https://aivo.example.org" }, `{"${secret}":`),
    },
    {
      status: 413,
      code: "too-large",
      ask: () => ask("POST", "/overview", { ...action, origin: "https://aivo.example.org" }, "x".repeat(1024 * 1024 + 1)),
    },
  ];
  for (const one of kinds) expect(await one.ask(), one.code).toBe(one.status);
  const [first] = kinds;
  for (let n = 0; n < times; n++) await first?.ask();

  const answer = await fetch(`http://127.0.0.1:${web.port}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  const metrics = await answer.text();
  const counted = (code: string) => Number(new RegExp(`aivo_refusals_total\\{door="proxy",code="${code}"\\} (\\d+)`).exec(metrics)?.[1]);
  expect([counted("method"), counted("foreign-origin"), counted("malformed"), counted("too-large")]).toEqual([times + 5, 1, 2, 1]);

  const lines = web
    .said()
    .split("\n")
    .filter((line) => line.includes('"event":"refused"'))
    .map((line) => JSON.parse(line));
  const told = (code: string) => lines.filter((line) => line.door === "proxy" && line.code === code);
  // A minute may end in between: then as many come again.
  expect(told("method").length).toBeGreaterThanOrEqual(linesAMinute);
  expect(told("method").length).toBeLessThan(times);
  expect([told("foreign-origin").length, told("malformed").length, told("too-large").length]).toEqual([1, 2, 1]);
  expect(told("malformed")[0]).toMatchObject({ level: "warn", kind: "page", requestId: expect.any(String) });
  expect(web.said()).not.toContain(secret);
});
