import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import ssh2 from "ssh2";
import { District, personKinds } from "./district/district.ts";
import { personRecord } from "./district/records.ts";
import { shapeOf } from "./district/shape.ts";
import { writeSet } from "./district/write-set.ts";
import { type SftpServer, startSftpServer } from "./sftp-server.ts";

/**
 * The sample district's student information system: an SFTP server with its nightly OneRoster CSV export.
 *
 *     node sandbox/server.ts --data DIRECTORY [--users 1200] [--seed 7]
 *
 * The directory keeps what must stay the same from one start to the next: host key, password, port. The number in its
 * file `day` is the school day whose export is served; writing another one there exports that day at the next sign-in.
 */
const { values } = parseArgs({
  options: { data: { type: "string" }, users: { type: "string", default: "1200" }, seed: { type: "string", default: "7" } },
});
if (!values.data) {
  console.error("usage: node sandbox/server.ts --data DIRECTORY [--users 1200] [--seed 7]");
  process.exit(1);
}

const data = values.data;
const name = "Cedar Falls Unified";
const shape = shapeOf({ users: Number(values.users), seed: Number(values.seed), name });
mkdirSync(data, { recursive: true });

const hostKey = kept("host-key", () => ssh2.utils.generateKeyPairSync("ed25519").private);
const password = kept("password", () => randomBytes(12).toString("base64url"));
kept("day", () => "0");
exportOfToday();

const options = { hostKey, username: "aivo", password, root: exportOfToday };
const server = await listen(Number(kept("port", () => "0")));
writeFileSync(join(data, "port"), `${server.port}\n`);

const ready = {
  ready: true,
  host: "127.0.0.1",
  port: server.port,
  username: options.username,
  password,
  directory: "/oneroster",
  hostKeyFingerprint: fingerprint(hostKey),
  people: somePeople(),
};
// To the process that started this one; by hand, everything but the password is worth a line.
if (process.send) process.send(ready);
else
  console.log(
    `SFTP on 127.0.0.1:${server.port}, user ${options.username}, password in ${join(data, "password")}, host key ${ready.hostKeyFingerprint}`,
  );

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => server.close().then(() => process.exit(0)));
// The parent may be killed outright: a server without one would stay forever.
if (process.send) process.once("disconnect", () => server.close().then(() => process.exit(0)));

/** The folder with the export of the day in the file `day`, written if it is not there yet. */
function exportOfToday(): string {
  const day = Math.max(0, Math.trunc(Number(kept("day", () => "0"))) || 0);
  const edition = createHash("sha256")
    .update(JSON.stringify([values.users, values.seed, day]))
    .digest("hex")
    .slice(0, 8);
  const folder = join(data, `day-${day}-${edition}`);
  if (!existsSync(folder)) {
    const aside = `${folder}.${process.pid}`;
    rmSync(aside, { recursive: true, force: true });
    writeSet({ shape, day, mode: "bulk", directory: join(aside, "oneroster"), blemishes: true });
    renameSync(aside, folder);
  }
  return folder;
}

/** The port of the last time, so that the address an admin typed stays right; another one if it is taken. */
async function listen(port: number): Promise<SftpServer> {
  try {
    return await startSftpServer({ ...options, port });
  } catch (error) {
    if (port === 0 || (error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return startSftpServer({ ...options, port: 0 });
  }
}

/** A teacher and a learner who are in the export, for whoever wants to sign in as one of them. */
function somePeople() {
  const district = District.opened(shape);
  const school = shape.schools.findIndex((one) => one.level === "high") + 1;
  return { teacher: somebody(district, personKinds.teacher, school), learner: somebody(district, personKinds.learner, school) };
}

function somebody(district: District, kind: number, school: number) {
  for (let row = 0; row < district.people.size; row++) {
    if (district.people.get("kind", row) !== kind || district.people.get("school", row) !== school) continue;
    // The first learners are those with a mistake in their record.
    if (kind === personKinds.learner && district.people.get("number", row) < 100) continue;
    const { given, family, email } = personRecord(district, row);
    return { givenName: given, familyName: family, email };
  }
  throw new Error("every school has teachers and learners");
}

function fingerprint(key: string): string {
  const parsed = ssh2.utils.parseKey(key);
  if (parsed instanceof Error) throw parsed;
  return `SHA256:${createHash("sha256").update(parsed.getPublicSSH()).digest("base64").replace(/=+$/, "")}`;
}

function kept(file: string, make: () => string): string {
  const path = join(data, file);
  if (!existsSync(path)) writeFileSync(path, `${make().trim()}\n`, { mode: 0o600 });
  const text = readFileSync(path, "utf8");
  return file === "host-key" ? text : text.trim();
}
