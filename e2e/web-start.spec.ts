import { spawn } from "node:child_process";
import { basename } from "node:path";
import { freePort } from "#cli/support/free-port.ts";
import { servedBuild } from "./support/server-actions.ts";
import { expect, test } from "./support/test.ts";

test("a web server without its environment names every variable that it needs, and ends", async () => {
  const args = ["node_modules/next/dist/bin/next", "start", "--port", String(await freePort())];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, NODE_ENV: "production", NEXT_DIST_DIR: basename(await servedBuild()) },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise((ended) => child.once("close", ended));
  for (const variable of ["DATABASE_URL", "NEXTAUTH_SECRET", "AIVO_ENCRYPTION_KEYS"]) expect(said).toContain(`${variable}: must`);
  expect(code).toBe(1);
});
