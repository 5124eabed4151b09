import { readFile } from "node:fs/promises";
import { join } from "node:path";

const dataDirectory = process.env.E2E_DATA_DIR ?? "";

/** The sample district's SIS, which the suite starts together with the product (playwright.config.ts). */
export interface SandboxServer {
  readonly port: string;
  readonly password: string;
  readonly origin: string;
}

export async function sandboxServer(): Promise<SandboxServer> {
  const kept = async (name: string) => JSON.parse(await readFile(join(dataDirectory, "sandbox", name), "utf8"));
  const port = String((await kept("ports.json")).sftp);
  return { port, password: (await kept("secrets.json")).password, origin: `sftp://127.0.0.1:${port}` };
}
