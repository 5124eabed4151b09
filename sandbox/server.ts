import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, watchFile, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type District, personKinds } from "./district/district.ts";
import { VersionCalendar, type VersionChange } from "./district/habits.ts";
import { openDistrict } from "./district/live.ts";
import { personRecord } from "./district/records.ts";
import { isUsableKey, makeKeyPair } from "./key-pair.ts";
import { type Ports, type Sandbox, type Secrets, startSandbox } from "./sandbox.ts";

/**
 * The sample district's student information systems: SFTP with a OneRoster CSV export, OneRoster REST, ClassLink, Clever, and the page that
 * moves their clock and breaks them.
 *
 *     node sandbox/server.ts --data DIRECTORY [--users 1200] [--seed 7] [--redirect-uri URI …] [--oneroster 1.2]
 *
 * The directory keeps what must stay the same from one start to the next: host key, secrets, ports, the version of OneRoster, and when each school day came. The
 * number in its file `day` is the school day that is served; writing another one there makes it that day.
 */
const { values } = parseArgs({
  options: {
    data: { type: "string" },
    users: { type: "string", default: "1200" },
    seed: { type: "string", default: "7" },
    "redirect-uri": { type: "string", multiple: true, default: [] },
    oneroster: { type: "string", default: "1.1" },
  },
});
if (!values.data) {
  console.error("usage: node sandbox/server.ts --data DIRECTORY [--users 1200] [--seed 7] [--redirect-uri URI …] [--oneroster 1.1|1.2]");
  process.exit(1);
}

const data = values.data;
mkdirSync(data, { recursive: true });
const dayFile = join(data, "day");
const district = openDistrict({
  users: Number(values.users),
  seed: Number(values.seed),
  day: wantedDay(),
  moments: keptJson<string[]>("moments", () => []),
});
const sandbox = await listen();
keep("ports", sandbox.ports);
rememberDay();
watchFile(dayFile, { interval: 1_000, persistent: false }, catchUp);

const ready = {
  ready: true,
  host: sandbox.csv.host,
  port: sandbox.csv.port,
  ...sandbox.csv.credentials,
  oneRoster: { baseUrl: sandbox.oneRoster.url, ...sandbox.oneRoster.credentials },
  classLink: {
    proxyUrl: sandbox.classLink.proxy.url,
    serverUrl: sandbox.classLink.direct.url,
    ...sandbox.classLink.proxy.credentials,
    direct: sandbox.classLink.direct.credentials,
  },
  clever: { apiUrl: sandbox.clever.apiUrl, authUrl: sandbox.clever.authUrl, ...sandbox.clever.credentials },
  controlUrl: sandbox.control.url,
  mail: { smtpUrl: sandbox.mail.smtpUrl, url: sandbox.mail.url },
  people: {
    teacher: somebody(district.at(0), personKinds.teacher),
    learner: somebody(district.at(0), personKinds.learner),
  },
};
// To the process that started this one; by hand, everything but the secrets is worth a line.
if (process.send) process.send(ready);
else {
  console.log(
    `SFTP on 127.0.0.1:${ready.port}, user ${ready.username}, host key ${ready.hostKeyFingerprint}\nOneRoster ${ready.oneRoster.baseUrl}\n` +
      `ClassLink ${ready.classLink.proxyUrl} (proxy), ${ready.classLink.serverUrl} (direct)\nClever ${ready.clever.apiUrl} (API), ${ready.clever.authUrl} (sign-in)\n` +
      `Control ${ready.controlUrl}\nMailbox ${ready.mail.url}, by way of ${ready.mail.smtpUrl}\nThe secrets are in ${join(data, "secrets.json")}.`,
  );
}

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop());
// The parent may be killed outright: a server without one would stay forever.
if (process.send) process.once("disconnect", () => void stop());

async function stop(): Promise<void> {
  await sandbox.close();
  process.exit(0);
}

/** On the ports of the last time, so that the addresses an admin typed stay right; on other ones where one is taken. */
async function listen(): Promise<Sandbox> {
  const options = {
    district,
    directory: data,
    secrets: keptJson<Secrets>("secrets", makeSecrets),
    hostKey: keptKey(),
    blemishes: true,
    redirectUris: values["redirect-uri"],
    versions: new VersionCalendar(
      keptJson<VersionChange[]>("versions", () => [{ day: 0, version: values.oneroster === "1.2" ? "1.2" : "1.1" }]),
      (changes) => keep("versions", changes),
    ),
    beforeExport: catchUp,
    onAdvance: rememberDay,
  };
  try {
    return await startSandbox({ ...options, ports: keptJson<Ports>("ports", () => ({})) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return startSandbox(options);
  }
}

function makeSecrets(): Secrets {
  const secret = () => randomBytes(15).toString("base64url");
  return {
    password: secret(),
    oneRoster: secret(),
    classLinkPartner: secret(),
    classLinkBearer: secret(),
    classLinkDirect: secret(),
    clever: secret(),
    cleverToken: secret(),
  };
}

/** Makes it the day that stands in the file. */
function catchUp(): void {
  const day = wantedDay();
  if (day === district.day) return;
  district.goTo(day);
  rememberDay();
}

function wantedDay(): number {
  return Math.max(0, Math.trunc(Number(kept("day", () => "0"))) || 0);
}

function rememberDay(): void {
  writeFileSync(dayFile, `${district.day}\n`);
  keep("moments", district.moments);
}

/** A teacher and a learner of the high school who are in the export, for whoever wants to sign in as one of them. */
function somebody(today: District, kind: number) {
  const school = today.shape.schools.findIndex((one) => one.level === "high") + 1;
  for (let row = 0; row < today.people.size; row++) {
    if (today.people.get("kind", row) !== kind || today.people.get("school", row) !== school) continue;
    // The first learners are those with a mistake in their record.
    if (kind === personKinds.learner && today.people.get("number", row) < 100) continue;
    const { given, family, email } = personRecord(today, row);
    return { givenName: given, familyName: family, email };
  }
  throw new Error("every school has teachers and learners");
}

function kept(file: string, make: () => string): string {
  const path = join(data, file);
  if (!existsSync(path)) writeFileSync(path, `${make().trim()}\n`, { mode: 0o600 });
  return readFileSync(path, "utf8").trim();
}

/** A key that cannot be used, of an earlier release or cut off, is replaced: it never let anybody in. */
function keptKey(): string {
  const make = () => makeKeyPair().private;
  const key = `${kept("host-key", make)}\n`;
  if (isUsableKey(key)) return key;
  rmSync(join(data, "host-key"));
  return `${kept("host-key", make)}\n`;
}

/** What this program wrote there itself, in that form. */
function keptJson<T>(name: string, make: () => T): T {
  return JSON.parse(kept(`${name}.json`, () => JSON.stringify(make()))) as T;
}

function keep(name: string, value: unknown): void {
  writeFileSync(join(data, `${name}.json`), `${JSON.stringify(value)}\n`, { mode: 0o600 });
}
