import { availableParallelism } from "node:os";
import { operatorScope } from "#lib/platform/access.ts";
import { districtRole } from "#lib/platform/db/roles.ts";
import { transportOf, transportWarning } from "#lib/platform/db/tls.ts";
import type { Env } from "#lib/platform/env.ts";
import { isInBreaches } from "#lib/services/accounts/breached.ts";
import { openSecrets } from "#lib/services/integrations/open-secrets.ts";
import { testConnection } from "#lib/services/integrations/test-connection.ts";
import type { Services } from "#lib/services/services.ts";
import { auditFindings } from "./audit.ts";
import { type Figures, lookAtFigures } from "./figures.ts";
import { type Finding, failed, ok, warning } from "./finding.ts";
import { leastDiskBytes, lookAtMachine, type Machine, oldestBackupSeconds } from "./machine.ts";

const mostOffsetSeconds = 5;
const mostLagSeconds = 120;
/** How long a SIS, or a process of ours, may take to answer, and how many are asked at once. */
const patienceMs = 15_000;
const atOnce = 8;

/** Everything that needs a database of this version, in the order in which it is told. Changes nothing but the audit log, which has each test of a connection. */
export async function examine(services: Services, options: { readonly asksSis: boolean }): Promise<readonly Finding[]> {
  const figures = await lookAtFigures(services);
  const parts = await Promise.all([
    database(services, figures),
    connections(services),
    answering(services.env, figures),
    keys(services),
    work(figures),
    auditFindings(services),
    breachedPasswords(services.env),
    lookAtMachine(services.env.dataDirectory).then(machine),
    options.asksSis ? reachability(services) : [],
  ]);
  return parts.flat();
}

async function database({ db }: Services, { clockOffsetSeconds, connections, connectionsAllowed }: Figures): Promise<Finding[]> {
  const [server] = await db.sql<{ version: string; autovacuum: string; isTold: boolean }[]>`
    select current_setting('server_version') as version, current_setting('autovacuum') as autovacuum,
      current_setting('log_parameter_max_length_on_error') <> '0' as "isTold"`;
  const used = connections.reduce((sum, { count }) => sum + count, 0);
  return [
    ok("database", `PostgreSQL ${server?.version}, of this version of Aivo, its role can be taken on`),
    server?.autovacuum === "on"
      ? ok("autovacuum", "on")
      : failed("autovacuum", "off", "Turn autovacuum on in the server's settings: without it syncs and pages get slow."),
    ...(server?.isTold
      ? [warning("database log", "may hold values of failed statements", "Set log_parameter_max_length_on_error = 0.")]
      : []),
    used > connectionsAllowed * 0.8
      ? warning("connections", `${used} of ${connectionsAllowed}`, "Raise max_connections, or put PgBouncer before web.")
      : ok("connections", `${used} of ${connectionsAllowed}`),
    clock("clock of this machine", clockOffsetSeconds),
  ];
}

/** How the way to the database is protected, and as whom web and worker go it. */
async function connections({ db, env }: Services): Promise<Finding[]> {
  const [seen] = await db.sql<{ mayEnter: boolean; isEncrypted: boolean }[]>`
    select coalesce((select rolcanlogin from pg_roles where rolname = ${districtRole}), false) as "mayEnter",
      coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as "isEncrypted"`;
  const transport = transportOf(env.databaseUrl);
  const warned = transportWarning(transport);
  const way = transport === "local" ? "stays on this machine" : "encrypted, to a server whose name was checked";
  return [
    warned
      ? warning("way to the database", warned.found, warned.remedy)
      : ok("way to the database", `${way}${seen?.isEncrypted && transport === "local" ? ", encrypted" : ""}`),
    seen?.mayEnter
      ? ok("districts", `can be entered as ${districtRole}, which owns nothing`)
      : warning(
          "districts",
          "web and worker work in them as the owner of the tables",
          "Give db:migrate, web and worker AIVO_DISTRICT_DATABASE_URL (docs/operations.md). On Citus there is no such role.",
        ),
  ];
}

/** Every list of passwords that got out has this one. */
const knownToAll = "password";

async function breachedPasswords({ breachedPasswords: file }: Env): Promise<Finding[]> {
  if (file === null) return [];
  const check = "breached passwords";
  const remedy = "Give AIVO_BREACHED_PASSWORDS a file of SHA-1 hashes in capitals, ordered by hash, which web can read.";
  try {
    return [(await isInBreaches(file, knownToAll)) ? ok(check, "are known") : failed(check, "the list lacks the best known one", remedy)];
  } catch {
    return [failed(check, "the list cannot be read, or is another file", remedy)];
  }
}

function clock(check: string, offsetSeconds: number): Finding {
  const found = `${Math.abs(offsetSeconds).toFixed(1)} s ${offsetSeconds < 0 ? "behind" : "ahead of"} the database`;
  return Math.abs(offsetSeconds) <= mostOffsetSeconds
    ? ok(check, found)
    : warning(
        check,
        found,
        "Keep the clocks of all machines by NTP. Syncs, sessions and one-time codes go by the database's; whether a server's certificate is in date, by the machine's.",
      );
}

/** Web and the worker of this environment, as far as they answer; the Date of their answers tells their clock, to the second. */
async function answering(env: Env, { connections, clockOffsetSeconds }: Figures): Promise<Finding[]> {
  const worker = env.workerServer?.port ? `http://${env.workerServer.host.replace("0.0.0.0", "127.0.0.1")}:${env.workerServer.port}` : null;
  const found = await Promise.all([
    asked("web", env.publicUrl, clockOffsetSeconds),
    worker === null ? [] : asked("worker", worker, clockOffsetSeconds),
  ]);
  const workers = connections.some(({ application }) => application === "aivo-worker");
  return [
    ...found.flat(),
    workers
      ? ok("workers", "connected to the database")
      : failed("workers", "none is connected to the database", "Start one: npm run worker. Without one no sync runs."),
  ];
}

async function asked(name: string, origin: string, ownOffsetSeconds: number): Promise<Finding[]> {
  try {
    const answer = await fetch(`${origin.replace(/\/$/, "")}/api/health/ready`, {
      signal: AbortSignal.timeout(patienceMs),
      redirect: "manual",
    });
    const date = Date.parse(answer.headers.get("date") ?? "");
    const theirs = Number.isNaN(date) ? [] : [clock(`clock of ${name}`, (date + 500 - Date.now()) / 1000 + ownOffsetSeconds)];
    return [
      answer.status === 200
        ? ok(name, "answers and is ready")
        : failed(name, `answers ${answer.status}`, "It does not reach its database, or is not of this version: look in its log."),
      ...theirs,
    ];
  } catch {
    return [warning(name, "does not answer from here", `Start it, or look from a machine that reaches it: ${origin}`)];
  }
}

async function keys(services: Services): Promise<Finding[]> {
  const { opened, closed } = await openSecrets(services);
  if (closed.length === 0) return [ok("encryption keys", `open all ${opened} stored secrets`)];
  const whose = closed.slice(0, 5).map(({ kind, id }) => `${kind} ${id}`);
  return [
    failed(
      "encryption keys",
      `do not open ${closed.length} of ${opened + closed.length} stored secrets: ${whose.join(", ")}${closed.length > 5 ? " …" : ""}`,
      "Put the keys that were in use when they were stored behind the first one in AIVO_ENCRYPTION_KEYS; otherwise enter these credentials again.",
    ),
  ];
}

function work({ schedules, queues, runs }: Figures): Finding[] {
  const waiting = Math.max(0, ...queues.filter(({ queue }) => queue === "sync-run").map(({ oldestSeconds }) => oldestSeconds));
  const count = (state: string) => runs.find((run) => run.state === state)?.count ?? 0;
  const held = count("held");
  return [
    schedules.lagSeconds > mostLagSeconds
      ? failed(
          "schedules",
          `${schedules.overdue} are overdue, the first by ${minutes(schedules.lagSeconds)}`,
          "No worker attends to them: start one, or look for schedule-failed in its log.",
        )
      : ok("schedules", schedules.overdue === 0 ? "none is overdue" : `${schedules.overdue} are due now`),
    waiting > mostLagSeconds
      ? warning("queue", `a sync has waited for ${minutes(waiting)}`, "All slots are taken, or no worker runs: start another one.")
      : ok("queue", `${count("queued")} wait, ${count("running") + count("applying")} run`),
    ...(held > 0
      ? [
          warning(
            "held syncs",
            `${held} wait for an admin`,
            "Their admins see why on the sync's page; nothing of theirs is applied until then.",
          ),
        ]
      : []),
  ];
}

function minutes(seconds: number): string {
  return `${Math.round(seconds / 60)} min`;
}

/** The disk, and the last backup where `sis backup` makes them. */
export function machine({ freeBytes, backupAgeSeconds }: Machine): Finding[] {
  const findings: Finding[] = [];
  const free = `${((freeBytes ?? 0) / 1e9).toFixed(1)} GB free for AIVO_DATA_DIR`;
  if (freeBytes === null) findings.push(warning("disk", "AIVO_DATA_DIR is not there", "A worker makes it as it starts; check its path."));
  else if (freeBytes < leastDiskBytes)
    findings.push(failed("disk", free, "Make room: a sync needs it for what it downloads, and an embedded database for everything."));
  else findings.push(ok("disk", free));
  if (backupAgeSeconds === null) return findings;
  const made = `the last one was written ${Math.round(backupAgeSeconds / 3600)} hours ago`;
  findings.push(
    backupAgeSeconds > oldestBackupSeconds
      ? warning("backup", made, "Run npm run sis -- backup FILE, and look why what runs it by the clock did not.")
      : ok("backup", made),
  );
  return findings;
}

/** Test Connection of each integration that is in use, a few at once, each for so long at the most. */
async function reachability(services: Services): Promise<Finding[]> {
  const all = await services.db.sql<{ id: string; districtId: string; provider: string }[]>`
    select i.id, i.district_id as "districtId", i.provider from integrations i join districts d on d.id = i.district_id
    where i.state = 'active' and d.suspended_at is null order by i.district_id, i.id`;
  const findings: Finding[] = [];
  const left = all[Symbol.iterator]();
  const askSome = async () => {
    for (const one of left) findings.push(await reach(services, one));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, 2 * availableParallelism()) }, askSome));
  const bad = findings.filter(({ state }) => state !== "ok").sort((a, b) => a.check.localeCompare(b.check));
  const found = `${all.length - bad.length} of ${all.length} can be used`;
  const summed =
    bad.length === 0 ? ok("SIS connections", found) : warning("SIS connections", found, "Each of the others follows, with its remedy.");
  return [summed, ...bad];
}

async function reach(
  services: Services,
  { id, districtId, provider }: { id: string; districtId: string; provider: string },
): Promise<Finding> {
  const check = `SIS ${provider} ${id}`;
  const over = AbortSignal.timeout(patienceMs);
  try {
    for await (const step of testConnection(services, operatorScope(districtId), { integrationId: id }, over)) {
      if (step.state !== "failed") continue;
      return failed(check, `${step.name}: ${step.cause ?? "failed"}`, step.remedy ?? "Open the integration and use Test Connection.");
    }
    return ok(check, "can be used");
  } catch (error) {
    if (over.aborted)
      return failed(
        check,
        `no answer within ${patienceMs / 1000} s`,
        "Check that its server can be reached from here, and use Test Connection.",
      );
    return failed(
      check,
      error instanceof Error ? `could not be tested (${error.name})` : "could not be tested",
      "Open the integration and use Test Connection.",
    );
  }
}
