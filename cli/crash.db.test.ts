import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFaultyProxy } from "#lib/engine/testing/sis/faulty-proxy.ts";
import { type LaterUser, laterManifestOf, role, rolesFile, usersFile } from "#lib/engine/testing/sis/later-sets.ts";
import { csvOf, validSet, writeSet } from "#lib/engine/testing/sis/sets.ts";
import { startSshd, type TestSshd } from "#lib/engine/testing/sis/sshd.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { leftInStaging } from "#lib/platform/testing/database.ts";
import { safetyOff } from "#lib/roster/guard/settings.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { approveRun } from "#lib/services/runs/decide-plan.ts";
import { reapLostRuns } from "#lib/services/runs/reap.ts";
import { requestRun } from "#lib/services/runs/write.ts";
import { newDistrict, type TestServices, testServices } from "#lib/services/testing/services.ts";
import { startWorkerProcess, type WorkerUnderTest } from "./sis/testing.ts";
import { share } from "./testing/share.ts";

/**
 * SIGKILL to a real worker at known moments of a sync: the roster is as before or completely as after, the run says
 * which, and the next one succeeds. A moment is made to last by holding the lock that the worker needs next, or by a
 * server that goes silent, so that nothing here depends on time. Some of the moments by one version of
 * OneRoster, or every one by both with `npm run test:crashes`.
 */
const isWhole = process.env.AIVO_CRASHES === "all";
let folder: string;
let kit: TestServices;
let sshd: TestSshd;
let lock: postgres.Sql;
let variables: Record<string, string>;
let district: string;
let integration: string;
let day = 0;
let version: OneRosterVersion;
let worker: WorkerUnderTest | null = null;

const begin = async () => {
  day = 0;
  folder = await mkdtemp(join(tmpdir(), "aivo-crash-"));
  sshd = await startSshd();
  kit = await testServices();
  lock = postgres(kit.database.url, { max: 1, onnotice: () => {} });
  variables = { ...kit.variables, AIVO_DATA_DIR: join(folder, "data"), AIVO_TRUSTED_SIS_ORIGINS: sshd.origin };
  district = await newDistrict(kit.services.db);
  integration = await integrationOn(sshd.port);
  await succeed();
};
const end = async () => {
  await endWorker("SIGTERM");
  await lock.end();
  await kit.close();
  await sshd.stop();
  await rm(folder, { recursive: true, force: true });
};

const scope = () => operatorScope(district);

async function integrationOn(port: number): Promise<string> {
  const { host, username, password, hostKeyFingerprint, remoteDirectory: directory } = sshd;
  const credentials = { host, port, username, password, directory, hostKeyFingerprint };
  const { id } = await addIntegration(kit.services, scope(), {
    name: `SIS on ${port}`,
    provider: "oneroster-csv",
    credentials,
    schedule: null,
    safety: safetyOff,
  });
  return id;
}

type Learner = Required<Pick<LaterUser, "sourcedId" | "enabledUser" | "username" | "givenName" | "familyName" | "email" | "grades">>;

const peopleInOne = (users: readonly Learner[]) =>
  csvOf([["orgSourcedIds", "role", ...Object.keys(users[0] ?? {})], ...users.map((user) => ["s1", "student", ...Object.values(user)])]);

/** By 1.2 what they are stands in rows of their own. */
const peopleApart = (users: readonly Learner[]) => ({
  "users.csv": usersFile(users),
  "roles.csv": rolesFile(users.map(({ sourcedId }) => role(`r-${sourcedId}`, sourcedId, "student", "s1"))),
  "manifest.csv": laterManifestOf({}),
});

/**
 * The next school day's export lies on the server: a rename, a withdrawal, an arrival, and a grade that nobody can read; and of each kind of
 * record one that has changed, since nothing is written where nothing has.
 */
async function exportNextDay(): Promise<void> {
  day += 1;
  const learners = Array.from({ length: 300 }, (_, n) => n + day);
  const users = learners.map((n) => ({
    sourcedId: `p${n}`,
    enabledUser: "true",
    username: `user${n}`,
    givenName: "Given",
    familyName: n === day + 5 ? `Renamed ${day}` : `Family ${n}`,
    email: `p${n}@x.example`,
    grades: n % 50 === 0 ? "unreadable" : "03",
  }));
  const enrollments = learners.flatMap((n) => [0, 1, 2].map((k) => [`e${n}-${k}`, `c${(n + k) % 10}`, "s1", `p${n}`, "student"]));
  const classes = Array.from({ length: 10 }, (_, n) => [
    `c${n}`,
    n === day % 10 ? `Class ${n} of day ${day}` : `Class ${n}`,
    "k1",
    "scheduled",
    "s1",
    "t1",
  ]);
  const set = validSet({
    "orgs.csv": csvOf([
      ["sourcedId", "name", "type"],
      ["s1", `North on day ${day}`, "school"],
    ]),
    "academicSessions.csv": csvOf([
      ["sourcedId", "title", "type", "startDate", "endDate", "schoolYear"],
      ["t1", `Year on day ${day}`, "schoolYear", "2026-08-01", "2027-06-01", "2027"],
    ]),
    "courses.csv": csvOf([
      ["sourcedId", "title", "orgSourcedId"],
      ["k1", `Algebra ${day}`, "s1"],
    ]),
    "classes.csv": csvOf([["sourcedId", "title", "courseSourcedId", "classType", "schoolSourcedId", "termSourcedIds"], ...classes]),
    ...(version === "1.2" ? peopleApart(users) : { "users.csv": peopleInOne(users), "manifest.csv": null }),
    "enrollments.csv": csvOf([["sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"], ...enrollments]),
    "demographics.csv": null,
  });
  await writeSet(sshd.root, set, new Date(Date.now() - 3_600_000 + day * 1000));
}

async function request(kind: "sync" | "preview" = "sync"): Promise<string> {
  const requested = await requestRun(kit.services, scope(), integration, { trigger: "manual", kind });
  if (!requested.ok) throw new Error(`not requested: ${requested.reason}`);
  return requested.runId;
}

async function approve(runId: string): Promise<string> {
  const approved = await approveRun(kit.services, scope(), runId, "manual");
  if (!approved.ok) throw new Error(`not approved: ${approved.reason}`);
  return approved.runId;
}

async function runState(runId: string): Promise<{ state: string; failure: { code: string } | null }> {
  const [row] = await kit.services.db.sql`select state, failure from sync_runs where id = ${runId}`;
  return { state: row?.state, failure: typeof row?.failure === "string" ? JSON.parse(row.failure) : row?.failure };
}

/** Resolves when the question is answered with a row. Asking a database again is the event here, not the clock. */
async function until(question: () => Promise<readonly unknown[]>): Promise<void> {
  while ((await question()).length === 0) await kit.services.db.sql`select pg_sleep(0.005)`;
}

async function endWorker(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  worker?.process.kill(signal);
  await worker?.ended;
  worker = null;
}

/** A whole sync, by the worker that runs or a new one. */
async function succeed(): Promise<void> {
  if (day === 0) await exportNextDay();
  const runId = await request();
  worker ??= await startWorkerProcess(variables);
  await until(() => kit.services.db.sql`select from sync_runs where id = ${runId} and state not in ('queued', 'running', 'applying')`);
  expect(await runState(runId)).toMatchObject({ state: "succeeded" });
}

/** Everything that an admin could see of the roster, by the SIS's ids. */
async function roster(): Promise<string> {
  const [row] = await kit.services.db.sql`
    with lines as (
      select l.collection || l.external_id || l.rostered as id, coalesce(to_jsonb(a) - '{updated_at,created_at,deactivated_at,id,school_ids}'::text[],
        to_jsonb(m) - '{updated_at,created_at,deactivated_at,id,classroom_id,account_id}'::text[], to_jsonb(c) - '{updated_at,created_at,deactivated_at,id,course_id,school_id,term_ids}'::text[], '{}')::text as line
      from source_records l
      left join accounts a on a.district_id = l.district_id and a.id = l.record_id
      left join memberships m on m.district_id = l.district_id and m.id = l.record_id
      left join classrooms c on c.district_id = l.district_id and c.id = l.record_id
      where l.district_id = ${district})
    select count(*) || ' ' || md5(string_agg(id || line, ',' order by id)) as digest from lines`;
  return row?.digest;
}

interface KillOptions {
  readonly requestFirst?: boolean;
  /** Asks for the run; resolves to its id. */
  readonly ask?: () => Promise<string>;
  readonly signal?: "SIGTERM" | "SIGKILL";
}

/**
 * Starts a sync, kills its worker once `isThere` resolves, and checks what that left. `prepare` returns how to let go.
 * With `requestFirst` the worker starts last of all: a request needs some of the locks itself.
 */
async function killAt(
  prepare: () => Promise<() => Promise<void>>,
  isThere: () => Promise<void>,
  { requestFirst = false, ask = request, signal = "SIGKILL" }: KillOptions = {},
): Promise<void> {
  const before = await roster();
  if (requestFirst) await endWorker("SIGTERM");
  const early = requestFirst ? await ask() : null;
  const release = await prepare();
  const runId = early ?? (await ask());
  worker ??= await startWorkerProcess(variables);
  try {
    await isThere();
  } finally {
    // Before the lock is let go: whoever waits for it to end would stay.
    await endWorker(signal);
    await release();
  }
  await until(
    () => kit.services.db.sql`
    select where not exists (select from pg_stat_activity where datname = current_database() and application_name like 'aivo-worker%')`,
  );
  await kit.services.db.sql`update sync_runs set heartbeat_at = heartbeat_at - interval '1 minute' where id = ${runId}`;
  await reapLostRuns(kit.services);
  expect(await runState(runId)).toMatchObject({ state: "failed", failure: { code: "worker-lost" } });
  expect(await roster()).toBe(before);
  // The next worker sweeps what the dead one left, and tries the same input again without being asked.
  worker = await startWorkerProcess(variables);
  await until(
    () => kit.services.db.sql`select from sync_runs where retry_of = ${runId} and state not in ('queued', 'running', 'applying')`,
  );
  const [again] = await kit.services.db.sql`select id, attempt from sync_runs where retry_of = ${runId}`;
  expect(again?.attempt).toBe(2);
  expect(await runState(again?.id)).toMatchObject({ state: "succeeded" });
  expect(await roster()).not.toBe(before);
  await until(async () => ((await leftInStaging(kit.services.db.sql)).length === 0 ? [true] : []));
}

/** Holds a lock on a table until told otherwise. */
function holdLock(table: string, mode: "share" | "access exclusive"): Promise<() => Promise<void>> {
  return hold((sql) => sql.unsafe(`lock table ${table} in ${mode} mode`));
}

/** Keeps a transaction open, with what the statement locks. */
async function hold(statement: (sql: postgres.TransactionSql) => Promise<unknown>): Promise<() => Promise<void>> {
  let release = () => {};
  let held: Promise<unknown> = Promise.resolve();
  await new Promise<void>((isHeld) => {
    held = lock.begin(async (sql) => {
      await statement(sql);
      await new Promise<void>((resolve) => {
        release = resolve;
        isHeld();
      });
    });
  });
  return async () => {
    release();
    await held;
  };
}

const workerIsBlocked = () =>
  until(
    () => kit.services.db.sql`
    select from pg_locks k join pg_stat_activity a on a.pid = k.pid
    where not k.granted and a.datname = current_database() and a.application_name = 'aivo-worker'`,
  );

/** Reading comes while the plan is made, writing (which a share lock stops) while it is applied. */
const moments = [
  ["write its issues", "issues", "share"],
  ["see what the SIS said before", "source_records", "access exclusive"],
  ["plan schools", "schools", "access exclusive"],
  ["plan terms", "terms", "access exclusive"],
  ["plan courses", "courses", "access exclusive"],
  ["plan classrooms", "classrooms", "access exclusive"],
  ["match accounts", "accounts", "access exclusive"],
  ["plan memberships", "memberships", "access exclusive"],
  ["write its planned changes", "run_changes", "share"],
  ["lock the revision", "districts", "share"],
  ["write schools", "schools", "share"],
  ["write terms", "terms", "share"],
  ["write courses", "courses", "share"],
  ["write classrooms", "classrooms", "share"],
  ["write accounts", "accounts", "share"],
  ["write memberships", "memberships", "share"],
  ["write the mirror", "source_records", "share"],
  ["store its cursor", "integrations", "share"],
  ["write the audit log, last of all", "audit_entries", "share"],
] as const;

const silences = [
  ["in the handshake", 200],
  ["after signing in", 6_000],
  ["in the middle of the files", 30_000],
] as const;

const versions = ["1.1", "1.2"] as const;

describe.each(isWhole ? versions : share(versions, 1))("by OneRoster %s", (spoken) => {
  beforeAll(async () => {
    version = spoken;
    await begin();
  });
  afterAll(end);

  test.each(isWhole ? moments : share(moments, 2))("killed when about to %s", async (_, table, mode) => {
    await exportNextDay();
    await killAt(() => holdLock(table, mode), workerIsBlocked, { requestFirst: table === "audit_entries" });
  });

  test("an approval whose worker is killed while it is applied is applied by the next one", async () => {
    await exportNextDay();
    const previewed = await request("preview");
    worker ??= await startWorkerProcess(variables);
    await until(() => kit.services.db.sql`select from sync_runs where id = ${previewed} and state = 'previewed'`);
    await killAt(() => holdLock("memberships", "share"), workerIsBlocked, { ask: () => approve(previewed) });
  });

  test("a worker whose connection is cut when about to take a run takes it over another one", async () => {
    await exportNextDay();
    await endWorker("SIGTERM");
    const runId = await request();
    const release = await hold((sql) => sql`select from sync_runs where id = ${runId} for update`);
    worker = await startWorkerProcess(variables);
    await workerIsBlocked();
    await kit.services.db.sql`
    select pg_terminate_backend(k.pid) from pg_locks k join pg_stat_activity a on a.pid = k.pid
    where not k.granted and a.datname = current_database() and a.application_name = 'aivo-worker'`;
    await release();
    await until(() => kit.services.db.sql`select from sync_runs where id = ${runId} and finished_at is not null`);
    expect(await runState(runId)).toMatchObject({ state: "succeeded" });
  });

  // It gives the sync half a minute.
  test.each(isWhole ? ["memberships"] : [])(
    "a worker that is told to end while a lock on %s keeps its sync from going on ends all the same; the next one makes up for it",
    async (table) => {
      await exportNextDay();
      await killAt(() => holdLock(table, "share"), workerIsBlocked, { signal: "SIGTERM" });
    },
  );

  test.each(isWhole ? silences : share(silences, 1))("killed while the server is silent %s", async (_, afterBytes) => {
    const proxy = await startFaultyProxy(sshd.port, { afterBytes, kind: "stall", times: 1 });
    const [home, known] = [district, integration];
    try {
      district = await newDistrict(kit.services.db);
      integration = await integrationOn(proxy.port);
      await endWorker("SIGTERM");
      variables = { ...variables, AIVO_TRUSTED_SIS_ORIGINS: `${sshd.origin},sftp://127.0.0.1:${proxy.port}` };
      await killAt(
        async () => async () => {},
        () => proxy.happened,
      );
    } finally {
      [district, integration] = [home, known];
      await proxy.stop();
    }
  });
});
