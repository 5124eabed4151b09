import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { operatorScope } from "#lib/platform/access.ts";
import { storeCredentials } from "#lib/services/integrations/credentials.ts";
import { requestRun } from "#lib/services/runs/write.ts";
import type { Services } from "#lib/services/services.ts";
import { makeKeyPair } from "#sandbox/key-pair.ts";
import { startSftpServer } from "#sandbox/sftp-server.ts";
import { round, secondsSince } from "./references.ts";
import { type BenchOptions, machine, openProduct, say } from "./stage.ts";
import { startBenchWorker } from "./worker.ts";

export interface HerdOptions extends BenchOptions {
  readonly districts: number;
  readonly workers: number;
  /** Whether to wait until all runs are done, or only until they are requested. */
  readonly untilDone: boolean;
}

/**
 * Districts that are all due at one moment. Their SIS takes a second to be reached and then shows another host key than the pinned one,
 * so that each run takes that second and little of the machine. How long until the last run is requested, and until all have ended; and
 * how long a sync that somebody asks for meanwhile waits for its start.
 */
export async function benchHerd({ districts, workers, untilDone, ...options }: HerdOptions) {
  const port = await startSlowServer(options);
  const { services, variables } = await openProduct(options, { AIVO_TRUSTED_SIS_ORIGINS: `sftp://127.0.0.1:${port}` });
  const { sql } = services.db;
  say(`Making ${districts} districts …`);
  await makeIntegrations(services, districts, port, "0 2 * * *");
  const [other] = await makeIntegrations(services, 1, port, null);
  for (let n = 0; n < workers; n++) {
    const worker = await startBenchWorker(variables, join(options.home, `worker-${n}.log`));
    options.undo.push(() => worker.stop());
  }
  say("All are due …");
  await sql`update integrations set next_run_at = now() where schedule is not null`;
  const dueAt = performance.now();
  const until = async (column: "queued_at" | "finished_at") => {
    const reached = async () => {
      const [found] = await sql<{ count: number }[]>`select count(${sql(column)})::int as count from sync_runs where trigger = 'schedule'`;
      return (found?.count ?? 0) >= districts;
    };
    while (!(await reached())) await pause(200);
    return secondsSince(dueAt);
  };
  const manual = other ? startOfManual(services, other) : Promise.resolve(null);
  const requestedSeconds = await until("queued_at");
  say(`  all requested after ${requestedSeconds} s`);
  const doneSeconds = untilDone ? await until("finished_at") : null;
  const failures =
    await sql`select failure->>'code' as code, count(*)::int as count from sync_runs where finished_at is not null group by 1`;
  return {
    districts,
    workers,
    machine: machine(),
    requestedSeconds,
    doneSeconds,
    manualStartedAfterSeconds: await manual,
    ended: [...failures],
    aims: { requestedWithin60Seconds: requestedSeconds <= 60, manualWithin5Seconds: ((await manual) ?? 0) <= 5 },
  };
}

async function startSlowServer({ home, undo }: BenchOptions): Promise<number> {
  const root = join(home, "served");
  await mkdir(root);
  const sftp = await startSftpServer({ hostKey: makeKeyPair().private, username: "aivo", password: "p", root: () => root, port: 0 });
  undo.push(() => sftp.close());
  const slow = createServer((socket) => {
    socket.on("error", () => {});
    setTimeout(() => {
      const to = connect(sftp.port, "127.0.0.1").on("error", () => socket.destroy());
      socket.on("close", () => to.destroy());
      socket.pipe(to).pipe(socket);
    }, 1000);
  });
  slow.listen(0, "127.0.0.1");
  await once(slow, "listening");
  undo.push(async () => void slow.close());
  return (slow.address() as AddressInfo).port;
}

interface Made {
  readonly districtId: string;
  readonly id: string;
}

async function makeIntegrations({ db: { sql }, keyring }: Services, count: number, port: number, schedule: string | null): Promise<Made[]> {
  const made = await sql<Made[]>`
    with d as (insert into districts (name, timezone) select 'District ' || n, 'America/Chicago' from generate_series(1, ${count}) n returning id)
    insert into integrations (district_id, name, provider, safety, schedule, next_run_at)
    select id, 'SIS', 'oneroster-csv', '{}', ${schedule}, 'infinity' from d returning district_id as "districtId", id`;
  const hostKeyFingerprint = `SHA256:${"a".repeat(43)}`;
  const credentials = { host: "127.0.0.1", port, username: "aivo", password: "p", directory: "/", hostKeyFingerprint };
  const stored = made.map(({ id }) => storeCredentials(keyring, id, "oneroster-csv", credentials));
  await sql`
    update integrations i set config = v.config::jsonb, secrets = v.secrets::jsonb
    from unnest(${made.map(({ id }) => id)}::uuid[], ${stored.map(({ config }) => JSON.stringify(config))}::text[],
                ${stored.map(({ secrets }) => JSON.stringify(secrets))}::text[]) v (id, config, secrets)
    where i.id = v.id`;
  return [...made];
}

/** Asks when the herd has been under way for a moment. */
async function startOfManual(services: Services, { districtId, id }: Made): Promise<number> {
  await pause(3000);
  const requested = await requestRun(services, operatorScope(districtId), id, { trigger: "manual" });
  if (!requested.ok) throw new Error(requested.reason);
  for (;;) {
    const [run] = await services.db.sql<{ seconds: number | null }[]>`
      select extract(epoch from started_at - queued_at)::float8 as seconds from sync_runs where id = ${requested.runId}`;
    if (typeof run?.seconds === "number") return round(run.seconds);
    await pause(100);
  }
}
