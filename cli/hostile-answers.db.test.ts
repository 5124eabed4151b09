import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline, Readable } from "node:stream";
import { expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { getRun } from "#lib/services/runs/read.ts";
import { requestRun } from "#lib/services/runs/write.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { startWorkerProcess } from "./sis/testing.ts";

const megabyte = 1024 * 1024;
/** A record as large as one may be, of as many values as the page may have. */
const full = (id: number) => JSON.stringify({ sourcedId: `${id}`, id: `${id}`, values: Array.from({ length: 280 }, () => "a".repeat(24)) });
/** What stands between the brackets of the list. */
const bodies: Readonly<Record<string, () => Iterable<string>>> = {
  "as much as a page may hold": function* () {
    for (let n = 0; n < 1000; n++) yield `${n > 0 ? "," : ""}${full(n)}`;
  },
  "six million empty objects": function* () {
    const some = "{},".repeat(10_000);
    for (let n = 0; n < 600; n++) yield some;
    yield "{}";
  },
  "one record of 63 MB": function* () {
    yield '{"sourcedId":"1","name":"';
    for (let n = 0; n < 63; n++) yield "a".repeat(megabyte);
    yield '"}';
  },
  "nothing but brackets": function* () {
    for (let n = 0; n < 200; n++) yield "[".repeat(10_000);
  },
};

/** Where OneRoster is, by version. */
const roots = ["/ims/oneroster/v1p1", "/ims/oneroster/rostering/v1p2"];

/** A SIS of either protocol and version, whose every list is the same. */
async function serve(body: () => Iterable<string>) {
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    response.on("error", () => {});
    response.writeHead(200, { "content-type": "application/json" });
    if (request.method === "POST" || path.includes("token")) return void response.end('{"access_token":"t","expires_in":3600}');
    const [, name = "data"] = /\/v1p[12]\/(\w+)/.exec(path) ?? [];
    const all = function* () {
      yield `{"${name}":[`;
      yield* body();
      yield "]}";
    };
    // Who has heard enough closes the connection.
    pipeline(Readable.from(all()), response, () => {});
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

test("a worker whose every slot reads hostile answers ends each run with its cause and stays within its memory", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aivo-hostile-"));
  const servers = await Promise.all(Object.entries(bodies).map(async ([what, body]) => ({ what, ...(await serve(body)) })));
  const clever = servers[0]?.origin ?? "";
  const kit = await testServices({
    variables: {
      AIVO_DATA_DIR: join(folder, "data"),
      AIVO_TRUSTED_SIS_ORIGINS: servers.map(({ origin }) => origin).join(","),
      CLEVER_API_URL: clever,
      CLEVER_AUTH_URL: clever,
    },
  });
  const worker = await startWorkerProcess(kit.variables);
  try {
    const runs: { what: string; district: string; run: string }[] = [];
    const begin = async (what: string, integration: Omit<Parameters<typeof addIntegration>[2], "name" | "schedule">) => {
      const district = await newDistrict(kit.services.db);
      const { id } = await addIntegration(kit.services, operatorScope(district), { name: what, schedule: null, ...integration });
      const requested = await requestRun(kit.services, operatorScope(district), id, { trigger: "manual" });
      runs.push({ what, district, run: requested.ok ? requested.runId : "" });
    };
    for (let round = 0; round < 2; round++) {
      for (const [n, { what, origin }] of servers.entries()) {
        const root = roots[(n + round + Number(process.env.AIVO_SEED)) % roots.length] ?? "";
        const credentials = { baseUrl: `${origin}${root}`, clientId: "a", clientSecret: "b", tokenUrl: `${origin}/token` };
        await begin(`${what} at ${root}`, { provider: "oneroster-rest", credentials });
      }
      const credentials = { clientId: "a", clientSecret: "b", districtId: "a".repeat(24), accessToken: "t" };
      for (let n = 0; n < 4; n++) await begin("Clever", { provider: "clever", credentials });
    }
    for (const { what, district, run } of runs) {
      const ended = async () => (await getRun(kit.services, operatorScope(district), run)).finishedAt !== null;
      await expect.poll(ended, { timeout: 240_000, message: what }).toBe(true);
      const { state, failure } = await getRun(kit.services, operatorScope(district), run);
      expect([what, state], failure?.message).toEqual([what, "failed"]);
      expect(failure?.code, `${what}: ${failure?.message}`).not.toMatch(/internal|worker-lost/);
    }
    expect(worker.process.exitCode).toBeNull();
    const [, peak = ""] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${worker.process.pid}/status`, "utf8")) ?? [];
    if (process.env.AIVO_FIGURES) process.stdout.write(`The worker's peak was ${Math.round(Number(peak) / 1024)} MB\n`);
    expect(Number(peak) / 1024).toBeLessThan(400);
  } finally {
    worker.process.kill("SIGTERM");
    await worker.ended;
    for (const server of servers) server.close();
    await kit.close();
    await rm(folder, { recursive: true, force: true });
  }
}, 400_000);
