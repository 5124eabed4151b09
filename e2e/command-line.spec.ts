import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Answer, sisProcess } from "#cli/sis/testing.ts";
import { sandboxServer } from "./support/sandbox.ts";
import { expect, test } from "./support/test.ts";

/** The operator's command line in another terminal, which knows no more of the running product than where its data lies. */
const dataDirectory = process.env.E2E_DATA_DIR ?? "";
const terminal = (...args: string[]): Promise<Answer> => sisProcess({ AIVO_DATA_DIR: dataDirectory }, ...args, "--json");

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
}

async function demoIntegrations(): Promise<readonly Listed[]> {
  const districts: readonly Listed[] = (await terminal("district", "list")).json;
  const demo = districts.find(({ name }) => name === "Cedar Falls Unified");
  return (await terminal("integration", "list", "--district", demo?.id ?? "")).json;
}

test("the demo's integrations are tested from another terminal, each at the sandbox", async () => {
  const integrations = await demoIntegrations();
  expect(integrations.map(({ provider }) => provider).sort()).toEqual(["classlink", "clever", "oneroster-csv", "oneroster-rest"]);
  const kept = JSON.parse(await readFile(join(dataDirectory, "sandbox", "ports.json"), "utf8"));
  const ports: Record<string, number> = {
    "oneroster-csv": kept.sftp,
    "oneroster-rest": kept.oneroster,
    classlink: kept.classlinkProxy,
    clever: kept.cleverApi,
  };
  for (const { id, provider } of integrations) {
    // What comes after the connection may be refused: other tests take Clever's authorization back meanwhile.
    const [resolution, connection] = (await terminal("integration", "test", id)).json.steps;
    expect([provider, resolution.state, resolution.evidence]).toEqual([
      provider,
      "passed",
      expect.arrayContaining(["Allowed by Aivo's operator."]),
    ]);
    expect([provider, connection.evidence]).toEqual([provider, [`Port ${ports[provider]} at 127.0.0.1 is open.`]]);
  }
});

test("an integration with the sandbox's SFTP server is added with the key it shows, from another terminal", async ({
  district,
}, testInfo) => {
  const { port, password } = await sandboxServer();
  const path = testInfo.outputPath("integration.json");
  const credentials = { host: "127.0.0.1", port: Number(port), username: "aivo", password, directory: "/oneroster" };
  await writeFile(path, JSON.stringify({ name: "Sandbox", provider: "oneroster-csv", credentials }), { mode: 0o600 });
  const added = await terminal("integration", "add", "--district", district.id, "--from", path, "--trust-host-key");
  expect(added.json).toEqual({ id: expect.any(String), hostKeyFingerprint: expect.stringMatching(/^SHA256:/) });
  const again = await terminal("integration", "test", added.json.id, "--trust-host-key");
  expect(again).toMatchObject({ exitCode: 0, json: { passed: true } });
});
