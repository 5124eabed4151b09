import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { addIntegration, type OwnDistrict } from "./district.ts";

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

/** Adds the sample district's export over SFTP to a district; resolves to the integration's id. Its credentials pass through a file at `path`. */
export async function connectSandbox(district: OwnDistrict, path: string): Promise<string> {
  const { port, password, origin } = await sandboxServer();
  const credentials = { host: "127.0.0.1", port: Number(port), username: "aivo", password, directory: "/oneroster" };
  return addIntegration(district, { name: "Cedar Falls SIS", credentials, schedule: "0 2 * * *", trusts: origin }, path);
}
