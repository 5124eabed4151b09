/** Test-only: the hostile district behind each protocol. Every answer is as a server of that kind gives it; what is wrong is in the records. */
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import ssh2 from "ssh2";
import type { AvailableProvider } from "#lib/engine/sis/credentials.ts";
import { laterManifestOf } from "#lib/engine/testing/sis/later-sets.ts";
import { csvOf, manifestOf, writeSet } from "#lib/engine/testing/sis/sets.ts";
import { type Collection, collections, type RosteredCollection, rosteredCollections } from "#lib/roster/canonical.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { makeKeyPair } from "#sandbox/key-pair.ts";
import { startSftpServer } from "#sandbox/sftp-server.ts";
import { type CleverKind, cleverDistrict, cleverId, cleverKinds } from "./clever.ts";
import { countOf, csvRows, oneRosterDistrict } from "./records.ts";

export interface HostileSis {
  /** The provider, and OneRoster's version where it is not 1.1. */
  readonly way: string;
  readonly provider: AvailableProvider;
  readonly origin: string;
  readonly credentials: Readonly<Record<string, unknown>>;
  /** Records with something hostile in them. */
  readonly hostile: number;
  close(): Promise<void>;
}

interface JsonAnswer {
  readonly body: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

async function serve(answer: (url: URL) => JsonAnswer): Promise<{ origin: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const { body, status = 200, headers = {} } = answer(new URL(request.url ?? "/", "http://sis.invalid"));
    request.resume();
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const close = () =>
    new Promise<void>((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

/** OneRoster's JSON, of which ClassLink's direct way is one as well. */
export async function hostileOneRoster(
  provider: "oneroster-rest" | "classlink",
  all: number,
  seed: number,
  version: OneRosterVersion = "1.1",
): Promise<HostileSis> {
  const district = oneRosterDistrict(all, seed, version);
  const server = await serve((url) => {
    if (url.pathname === "/token") return { body: '{"access_token":"t","expires_in":3600}' };
    const collection = url.pathname.split("/").at(-1) as RosteredCollection;
    const records = district[collection];
    if (records === undefined || url.searchParams.has("filter")) return { body: "{}", status: 400 };
    const [limit, offset] = [Number(url.searchParams.get("limit") ?? 100), Number(url.searchParams.get("offset") ?? 0)];
    return {
      body: `{"${collection}":[${records.slice(offset, offset + limit).join()}]}`,
      headers: { "x-total-count": String(records.length) },
    };
  });
  const baseUrl = `${server.origin}/ims/oneroster/${version === "1.1" ? "v1p1" : "rostering/v1p2"}`;
  const credentials =
    provider === "classlink"
      ? { clientId: "a", clientSecret: "b", tenantId: "1", serverUrl: server.origin }
      : { clientId: "a", clientSecret: "b", baseUrl, tokenUrl: `${server.origin}/token` };
  return { way: wayOf(provider, version), provider, credentials, hostile: hostileOf(rosteredCollections, all), ...server };
}

const wayOf = (provider: string, version: OneRosterVersion) => (version === "1.1" ? provider : `${provider} ${version}`);
const hostileOf = (of: readonly Collection[], all: number) => of.reduce((sum, collection) => sum + countOf(collection, all), 0);

export async function hostileClever(all: number, seed: number): Promise<HostileSis & { readonly variables: Record<string, string> }> {
  const district = cleverDistrict(all, seed);
  let reads = 0;
  const server = await serve((url) => {
    const [, , kind = ""] = url.pathname.split("/");
    // Synced since, and without an event: the next read is of everything again.
    if (kind === "districts") {
      const last_sync = new Date(Date.UTC(2026, 8, 1, 0, reads++)).toISOString();
      return {
        body: JSON.stringify({ data: [{ data: { id: cleverId("district"), name: "x", state: "success", last_sync } }], links: [] }),
      };
    }
    if (kind === "events") return { body: '{"data":[],"links":[]}' };
    const records = district[kind as CleverKind];
    if (records === undefined) return { body: "{}", status: 404 };
    const [limit, offset] = [Number(url.searchParams.get("limit") ?? 100), Number(url.searchParams.get("starting_after") ?? 0)];
    const shown = records.slice(offset, offset + limit);
    const next = `${url.pathname}?limit=${limit}&count=true&starting_after=${offset + limit}`;
    const links = offset + limit < records.length ? [{ rel: "next", uri: next }] : [];
    return {
      body: `{"data":[${shown.map((record) => `{"data":${record}}`).join()}],"links":${JSON.stringify(links)},"count":${records.length}}`,
    };
  });
  const hostile = cleverKinds.reduce((sum, kind) => sum + district[kind].length, 0);
  return {
    ...{ way: "clever", provider: "clever", hostile, ...server },
    credentials: { clientId: "a", clientSecret: "b", districtId: cleverId("district"), accessToken: "t" },
    variables: { CLEVER_API_URL: server.origin, CLEVER_AUTH_URL: server.origin },
  };
}

export async function hostileCsv(folder: string, all: number, seed: number, version: OneRosterVersion = "1.1"): Promise<HostileSis> {
  const of = version === "1.1" ? rosteredCollections : collections;
  const files = Object.fromEntries(of.map((collection, at) => [`${collection}.csv`, csvOf(csvRows(collection, all, seed + at, version))]));
  const root = join(folder, `sftp-${version}`);
  await mkdir(root, { recursive: true });
  await writeSet(join(root, "drop"), { "manifest.csv": version === "1.1" ? manifestOf({}) : laterManifestOf({}), ...files });
  const { private: hostKey } = makeKeyPair();
  const key = ssh2.utils.parseKey(hostKey);
  if (key instanceof Error) throw key;
  const server = await startSftpServer({ hostKey, username: "aivo", password: "b", root: () => root, port: 0 });
  const hostKeyFingerprint = `SHA256:${createHash("sha256").update(key.getPublicSSH()).digest("base64").replace(/=+$/, "")}`;
  return {
    way: wayOf("oneroster-csv", version),
    provider: "oneroster-csv",
    origin: `sftp://127.0.0.1:${server.port}`,
    credentials: { host: "127.0.0.1", port: server.port, username: "aivo", password: "b", directory: "/drop", hostKeyFingerprint },
    hostile: hostileOf(of, all),
    close: () => server.close(),
  };
}
