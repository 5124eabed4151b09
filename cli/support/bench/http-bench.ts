import { type BareClientPace, measureBareClient } from "./bare-client.ts";
import { type DistrictServer, type HttpProvider, startDistrictServer } from "./district-server.ts";
import type { Reference } from "./references.ts";
import type { MeasuredRun } from "./run.ts";
import { type BenchOptions, districtName, machine, openStage, ratio, type Stage, say } from "./stage.ts";

/**
 * As the sources ask in a full read: lib/engine/sis/oneroster-rest/source.ts, lib/engine/sis/classlink/source.ts, lib/engine/sis/clever/open.ts. Changes
 * OneRoster's sources ask for side by side, so there a sync may well be quicker than its floor.
 */
export const paces: Readonly<Record<HttpProvider, BareClientPace>> = {
  "oneroster-rest": { listsAtATime: 1, pagesAtATime: 4 },
  classlink: { listsAtATime: 1, pagesAtATime: 2 },
  clever: { listsAtATime: 5, pagesAtATime: 1 },
};

interface MeasuredHttpRun extends MeasuredRun {
  readonly requests: number;
  /** What the district's server worked for it; most of what a sync waits for, and all that the bare client does. */
  readonly serverCpuSeconds: number;
}

interface Measured {
  readonly run: MeasuredHttpRun;
  readonly bareClient: Reference & { readonly requests: number; readonly serverCpuSeconds: number };
}

export async function openHttpDistrict(options: BenchOptions, provider: HttpProvider): Promise<{ stage: Stage; server: DistrictServer }> {
  const { users, seed, latency, undo } = options;
  say(`Starting a ${provider} server with a district of ${users} users …`);
  const server = await startDistrictServer({ provider, users, seed, latency, name: districtName });
  undo.push(() => server.stop());
  const stage = await openStage(options, { provider, credentials: server.credentials, variables: server.variables });
  // A server builds its lists when it is first asked; the sync and the bare client are to meet it as warm.
  await stage.readOnce();
  return { stage, server };
}

/** The sandbox's server in a process of its own; beside each sync, as its floor, a bare client that asks for the very same. */
export async function benchHttp(options: BenchOptions, provider: HttpProvider) {
  const { users, seed, latency } = options;
  const { stage, server } = await openHttpDistrict(options, provider);
  const first = await measureHttp("first", stage, server, paces[provider]);
  const unchanged = await measureHttp("unchanged", stage, server, paces[provider]);
  await server.advance();
  const changed = await measureHttp("one school day later", stage, server, paces[provider]);

  const runs = { first: first.run, unchanged: unchanged.run, changed: changed.run };
  return {
    provider,
    users,
    seed,
    latencyMilliseconds: latency,
    machine: machine(),
    server: "sandbox",
    database: await stage.databaseSettings(),
    runs,
    references: { bareClient: { first: first.bareClient, unchanged: unchanged.bareClient, changed: changed.bareClient } },
    ratios: {
      readToBareClient: ratio(first.run.phases.read ?? 0, first.bareClient.seconds),
      firstToBareClient: ratio(first.run.seconds, first.bareClient.seconds),
      unchangedToBareClient: ratio(unchanged.run.seconds, unchanged.bareClient.seconds),
      changedToBareClient: ratio(changed.run.seconds, changed.bareClient.seconds),
      changedToFirst: ratio(changed.run.seconds, first.run.seconds),
    },
    aims: {
      workerUnder300Megabytes: Object.values(runs).every((run) => (run.workerPeakMegabytes ?? 0) <= 300),
      everyRunSucceeded: Object.values(runs).every((run) => run.state === "succeeded"),
    },
  };
}

export async function measureHttp(what: string, stage: Stage, server: DistrictServer, pace: BareClientPace): Promise<Measured> {
  await server.takeSeen();
  const run = await stage.sync(what);
  const seen = await server.takeSeen();
  say(`Reference: bare client for the same ${seen.requests.length} requests …`);
  const reference = await measureBareClient(seen.requests, pace);
  const { requests, cpuSeconds } = await server.takeSeen();
  const repetitions = reference.samples.length;
  return {
    run: { ...run, requests: seen.requests.length, serverCpuSeconds: seen.cpuSeconds },
    bareClient: {
      ...reference,
      requests: requests.length / repetitions,
      serverCpuSeconds: Math.round((1000 * cpuSeconds) / repetitions) / 1000,
    },
  };
}
