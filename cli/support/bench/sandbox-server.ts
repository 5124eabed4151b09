import { createHash } from "node:crypto";
import ssh2 from "ssh2";
import { makeKeyPair } from "#sandbox/key-pair.ts";
import { startSftpServer } from "#sandbox/sftp-server.ts";

/** A process that serves the folder in its argument and tells its parent how to sign in. */
const root = process.argv[2] ?? "";
const hostKey = makeKeyPair();
const userKey = makeKeyPair();
const username = "bench";
const server = await startSftpServer({
  hostKey: hostKey.private,
  username,
  password: "",
  publicKey: userKey.public,
  root: () => root,
  port: 0,
});
const parsed = ssh2.utils.parseKey(hostKey.private);
if (parsed instanceof Error) throw parsed;
const hostKeyFingerprint = `SHA256:${createHash("sha256").update(parsed.getPublicSSH()).digest("base64").replace(/=+$/, "")}`;
process.send?.({ port: server.port, username, privateKey: userKey.private, hostKeyFingerprint });
process.once("disconnect", () => process.exit(0));
