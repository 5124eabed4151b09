import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Client from "ssh2-sftp-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeKeyPair } from "./key-pair.ts";
import { type SftpServer, startSftpServer } from "./sftp-server.ts";

const home = mkdtempSync(join(tmpdir(), "aivo-sftp-"));
const root = join(home, "root");
const userKey = makeKeyPair();
let server: SftpServer;

beforeAll(async () => {
  mkdirSync(join(root, "oneroster"), { recursive: true });
  writeFileSync(join(root, "oneroster", "users.csv"), "sourcedId\r\n".repeat(50_000));
  writeFileSync(join(home, "secret.txt"), "not served");
  server = await startSftpServer({
    hostKey: makeKeyPair().private,
    username: "aivo",
    password: "right",
    publicKey: userKey.public,
    root: () => root,
    port: 0,
  });
});
afterAll(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

async function connected<T>(credentials: { password?: string; privateKey?: string }, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client();
  try {
    await client.connect({ host: "127.0.0.1", port: server.port, username: "aivo", ...credentials });
    return await work(client);
  } finally {
    await client.end();
  }
}

test("lists and downloads the export with a password and with a key", async () => {
  for (const credentials of [{ password: "right" }, { privateKey: userKey.private }]) {
    await connected(credentials, async (client) => {
      expect((await client.list("/oneroster")).map((entry) => entry.name)).toEqual(["users.csv"]);
      const to = join(home, "download.csv");
      await client.fastGet("/oneroster/users.csv", to);
      expect(readFileSync(to)).toEqual(readFileSync(join(root, "oneroster", "users.csv")));
    });
  }
});

test("refuses a wrong password and a strange key", async () => {
  await expect(connected({ password: "wrong" }, async () => {})).rejects.toThrow(/authentication/i);
  await expect(connected({ privateKey: makeKeyPair().private }, async () => {})).rejects.toThrow(/authentication/i);
});

test("writes nothing and shows nothing outside its folder", async () => {
  await connected({ password: "right" }, async (client) => {
    await expect(client.put(Buffer.from("x"), "/oneroster/new.csv")).rejects.toThrow(/permission/i);
    await expect(client.delete("/oneroster/users.csv")).rejects.toThrow(/permission/i);
    expect(await client.exists("/../secret.txt")).toBe(false);
    await expect(client.get("/oneroster/missing.csv")).rejects.toThrow(/no such file/i);
  });
});
