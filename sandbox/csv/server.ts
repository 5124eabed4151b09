import { createHash, randomBytes } from "node:crypto";
import { existsSync, renameSync, rmSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import ssh2 from "ssh2";
import type { District } from "#sandbox/district/district.ts";
import { type Habits, VersionCalendar } from "#sandbox/district/habits.ts";
import type { LiveDistrict } from "#sandbox/district/live.ts";
import { writeSet } from "#sandbox/district/write-set.ts";
import { type Fault, FaultBoard } from "#sandbox/http/faults.ts";
import type { SeenRequest } from "#sandbox/http/server.ts";
import { makeKeyPair } from "#sandbox/key-pair.ts";
import type { ServerControl } from "#sandbox/oneroster/server.ts";
import { startSftpServer } from "#sandbox/sftp-server.ts";

export interface CsvServerOptions {
  readonly district: LiveDistrict;
  /** Where exports are written; one folder a day. */
  readonly directory: string;
  readonly port?: number;
  readonly hostKey?: string;
  readonly password?: string;
  readonly faults?: FaultBoard | readonly Fault[];
  /** With the handful of mistakes that every real export has. */
  readonly blemishes?: boolean;
  /** Which version is exported on which day; 1.1 unless said otherwise. */
  readonly versions?: VersionCalendar;
  readonly habits?: Habits;
  /** Called before each export, for whoever must look at the clock first. */
  readonly beforeExport?: () => void;
}

export interface CsvServer {
  readonly host: string;
  readonly port: number;
  /** As an admin would fill in the form. */
  readonly credentials: {
    readonly username: string;
    readonly password: string;
    readonly directory: string;
    readonly hostKeyFingerprint: string;
  };
  readonly control: ServerControl;
  close(): Promise<void>;
}

const username = "aivo";
const oldVersion = new VersionCalendar();
const remembered = 500;

/** The SIS's SFTP server with its OneRoster CSV export, written anew for each day it is asked on. Named `oneroster-csv` for faults. */
export async function startCsvServer(options: CsvServerOptions): Promise<CsvServer> {
  const { district: live, port = 0 } = options;
  const faults = options.faults instanceof FaultBoard ? options.faults : new FaultBoard(options.faults);
  const hostKey = options.hostKey ?? makeKeyPair().private;
  const password = options.password ?? randomBytes(12).toString("base64url");
  const seen: SeenRequest[] = [];
  const server = await startSftpServer({
    hostKey,
    username,
    password,
    port,
    root: () => {
      options.beforeExport?.();
      return exported(options, faults);
    },
    onRequest: (method, path) => {
      seen.push({
        at: live.now().toISOString(),
        server: "oneroster-csv",
        method,
        path,
        query: "",
        status: 200,
        faults: csvFaults(faults).map(({ kind }) => kind),
      });
      if (seen.length > remembered) seen.splice(0, remembered / 2);
    },
    delayMs: () => csvFaults(faults).find((fault) => fault.kind === "slow")?.delayMs ?? 0,
  });
  return {
    host: "127.0.0.1",
    port: server.port,
    credentials: { username, password, directory: "/oneroster", hostKeyFingerprint: fingerprint(hostKey) },
    control: { faults, requests: () => seen },
    close: () => server.close(),
  };
}

/** The folder with today's export, written if it is not there yet. */
function exported(options: CsvServerOptions, faults: FaultBoard): string {
  const { district: live, directory, blemishes = false, versions = oldVersion, habits = {} } = options;
  const version = versions.on(live.day);
  const broken = csvFaults(faults).filter((fault) => fault.kind !== "slow");
  const { seed, learners, daysPerYear } = live.today.shape;
  const edition = createHash("sha256")
    .update(JSON.stringify([seed, learners, daysPerYear, blemishes, broken, version, habits]))
    .digest("hex")
    .slice(0, 8);
  const folder = join(directory, `day-${live.day}-${edition}`);
  if (existsSync(folder)) return folder;
  const aside = `${folder}.${process.pid}`;
  rmSync(aside, { recursive: true, force: true });
  const files = join(aside, "oneroster");
  const half = broken.some((fault) => fault.kind === "half-roster");
  const district = half ? halved(live.today) : live.today;
  writeSet({ shape: live.today.shape, day: live.day, mode: "bulk", directory: files, blemishes, district, version, habits });
  for (const fault of broken) {
    const file = join(files, `${fault.endpoint ?? "enrollments"}.csv`);
    if (fault.kind === "half-file" && existsSync(file)) truncateSync(file, Math.floor(statSync(file).size / 2));
    if (fault.kind === "not-shared") rmSync(file, { force: true });
  }
  renameSync(aside, folder);
  return folder;
}

/** The earlier half of the people, with what is theirs. */
function halved(today: District): District {
  const district = today.clone();
  const until = Math.ceil(district.people.size / 2);
  for (let person = until; person < district.people.size; person++) district.people.set("active", person, 0);
  for (let row = 0; row < district.enrollments.size; row++) {
    if (district.enrollments.get("person", row) >= until) district.enrollments.set("active", row, 0);
  }
  return district;
}

const csvKinds: readonly string[] = ["half-file", "half-roster", "not-shared", "slow"];

function csvFaults(faults: FaultBoard): readonly Fault[] {
  return faults.list().filter((fault) => csvKinds.includes(fault.kind) && (fault.server ?? "oneroster-csv") === "oneroster-csv");
}

function fingerprint(key: string): string {
  const parsed = ssh2.utils.parseKey(key);
  if (parsed instanceof Error) throw parsed;
  return `SHA256:${createHash("sha256").update(parsed.getPublicSSH()).digest("base64").replace(/=+$/, "")}`;
}
