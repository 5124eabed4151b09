import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { APIRequestContext, APIResponse } from "@playwright/test";
import { maxRetries } from "./district.ts";

export interface ServerAction {
  readonly id: string;
  readonly name: string;
}

const root = join(import.meta.dirname, "../..");

/** The build that the suite's server serves: it has put its process id into the build's `users`. */
export async function servedBuild(): Promise<string> {
  const server = (await readFile(join(process.env.E2E_DATA_DIR ?? "", "start.lock"), "utf8")).trim();
  for (const build of await readdir(root)) {
    if (!build.startsWith(".next-")) continue;
    const users = await readdir(join(root, build, "users")).catch((): string[] => []);
    if (users.includes(server)) return join(root, build);
  }
  throw new Error("The build that is served was not found");
}

/** Every server action of that build. */
export async function serverActions(): Promise<ServerAction[]> {
  const manifest = JSON.parse(await readFile(join(await servedBuild(), "server/server-reference-manifest.json"), "utf8"));
  const actions = Object.entries(manifest.node as Record<string, { exportedName: string }>);
  return actions.map(([id, { exportedName }]) => ({ id, name: exportedName }));
}

/** Calls an action as the browser does, from a page. */
export function callAction(
  request: APIRequestContext,
  origin: string,
  address: string,
  { id }: ServerAction,
  args: unknown,
): Promise<APIResponse> {
  return request.post(address, {
    headers: { "next-action": id, accept: "text/x-component", origin, "content-type": "text/plain;charset=UTF-8" },
    data: JSON.stringify(args),
    maxRedirects: 0,
    maxRetries,
  });
}
