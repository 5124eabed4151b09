import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterAll, expect, test } from "vitest";
import { isUsableKey } from "./key-pair.ts";
import { get, post } from "./testing.ts";

const home = mkdtempSync(join(tmpdir(), "aivo-sandbox-server-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function started(): Promise<{ child: ChildProcess; ready: Record<string, unknown> & { controlUrl: string } }> {
  const child = fork(join(import.meta.dirname, "server.ts"), ["--data", home, "--users", "200"], { execArgv: [] });
  const [ready] = await Promise.race([once(child, "message"), once(child, "exit")]);
  if (typeof ready !== "object") throw new Error(`the sandbox ended with code ${ready}`);
  return { child, ready };
}

async function stopped(child: ChildProcess): Promise<void> {
  child.kill("SIGTERM");
  await once(child, "exit");
}

test("a later start has the same addresses, secrets and day, and the days came when they came", async () => {
  const first = await started();
  expect((await post(`${first.ready.controlUrl}/advance`, { days: "4" })).status).toBe(303);
  const moments = readFileSync(join(home, "moments.json"), "utf8");
  await stopped(first.child);
  const second = await started();
  expect(second.ready).toEqual(first.ready);
  expect((await get(`${second.ready.controlUrl}/api/state`)).body.day).toBe(4);
  expect(readFileSync(join(home, "moments.json"), "utf8")).toBe(moments);
  await stopped(second.child);
  writeFileSync(join(home, "day"), "2\n");
  const third = await started();
  expect((await get(`${third.ready.controlUrl}/api/state`)).body.day).toBe(2);
  await stopped(third.child);
});

test("a host key that was kept and cannot be read is replaced, and the new one stays", async () => {
  const first = await started();
  await stopped(first.child);
  writeFileSync(join(home, "host-key"), malformedKey(), { mode: 0o600 });
  const second = await started();
  await stopped(second.child);
  expect(second.ready.hostKeyFingerprint).not.toBe(first.ready.hostKeyFingerprint);
  const third = await started();
  await stopped(third.child);
  expect(third.ready.hostKeyFingerprint).toBe(second.ready.hostKeyFingerprint);
});

/** One of those that ssh2 makes and cannot read. */
function malformedKey(): string {
  for (;;) {
    const { private: text } = ssh2.utils.generateKeyPairSync("ed25519");
    if (!isUsableKey(text)) return text;
  }
}
