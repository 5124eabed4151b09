import { readdirSync, utimesSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { AvailableProvider } from "#lib/engine/sis/credentials.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { createDistrict } from "#lib/services/districts/write.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import type { Version } from "#sandbox/district/habits.ts";
import { shapeOf } from "#sandbox/district/shape.ts";
import { writeSet } from "#sandbox/district/write-set.ts";
import { type Figure, most } from "./aims.ts";
import { startDistrictServer } from "./district-server.ts";
import { median } from "./references.ts";
import { type MeasuredRun, measureRun, succeeded } from "./run.ts";
import { startBenchServer } from "./server.ts";
import { type BenchOptions, databaseSettings, districtName, openProduct, ratio, say } from "./stage.ts";
import type { Measured, Table } from "./table.ts";
import { startBenchWorker } from "./worker.ts";

/** Where a district is by one of the versions, as an admin would enter it. */
interface Served {
  readonly credentials: unknown;
  readonly variables: Readonly<Record<string, string>>;
}

const versions: readonly Version[] = ["1.1", "1.2"];
const repetitions = 7;

/**
 * First syncs of one district by both versions, by turns, by one worker into one database, each into a district of its own: what else the
 * machine does meets both alike. Before them one of each that does not count, whose JavaScript is not compiled yet.
 */
async function measureLater(
  options: BenchOptions,
  { way, provider, serve }: { readonly way: string; readonly provider: AvailableProvider; serve(version: Version): Promise<Served> },
): Promise<Measured> {
  const served = new Map<Version, Served>();
  for (const version of versions) served.set(version, await serve(version));
  const origins = [...served.values()].map(({ variables }) => variables.AIVO_TRUSTED_SIS_ORIGINS).join(",");
  const { services, variables } = await openProduct(options, { AIVO_TRUSTED_SIS_ORIGINS: origins });
  const worker = await startBenchWorker(variables, join(options.home, "worker.log"));
  options.undo.push(() => worker.stop());
  const runs: (Table["runs"][number] & { readonly version: Version })[] = [];
  for (let turn = 0; turn <= repetitions; turn++) {
    for (const version of turn % 2 === 0 ? versions : versions.toReversed()) {
      const { id: districtId } = await createDistrict(services, {
        name: `${districtName}, ${version}, ${turn}`,
        timezone: "America/Chicago",
      });
      const credentials = served.get(version)?.credentials;
      const { id } = await addIntegration(services, operatorScope(districtId), { name: "Bench", provider, credentials });
      say(`Sync: ${way} ${version}, ${turn === 0 ? "warming up" : `${turn} of ${repetitions}`} …`);
      const run = succeeded(await measureRun(services, worker, districtId, id));
      say(`  ${run.seconds} s, ${run.rowsRead} rows`);
      if (turn > 0) runs.push({ version, what: `${provider} ${version}, ${options.users} users, first, ${turn} of ${repetitions}`, run });
    }
  }
  const compared = (what: string, of: (run: MeasuredRun) => number, unit: "s" | "µs"): Figure => {
    const usual = (version: Version) => median(runs.flatMap((one) => (one.version === version ? of(one.run) : [])));
    const [later, former] = [usual("1.2"), usual("1.1")];
    const from = `${later.toFixed(2)} ${unit} to ${former.toFixed(2)} ${unit}`;
    return { row: "later", what, users: options.users, value: ratio(later, former), unit: "×", aim: most.later, from };
  };
  return {
    figures: [
      compared(way, ({ seconds }) => seconds, "s"),
      compared(`${way}, work of worker and database`, workOf, "s"),
      // By 1.2 each role is a row of its own.
      compared(`${way}, for each row that was read`, ({ seconds, rowsRead }) => (seconds / rowsRead) * 1e6, "µs"),
      compared(`${way}, work for each row that was read`, (run) => (workOf(run) / run.rowsRead) * 1e6, "µs"),
    ],
    runs,
    database: await databaseSettings(services.db.sql),
  };
}

const workOf = ({ cpuSeconds }: MeasuredRun) => (cpuSeconds.worker ?? 0) + (cpuSeconds.database ?? 0);

/** By files over SFTP, in which 1.2 has roles as rows of their own. */
export function measureLaterFiles(options: BenchOptions): Promise<Measured> {
  const { users, seed, home, undo } = options;
  return measureLater(options, {
    way: "files",
    provider: "oneroster-csv",
    serve: async (version) => {
      const own = join(home, version);
      await mkdir(own, { recursive: true });
      const server = await startBenchServer(own);
      undo.push(() => server.stop());
      const { port, username, privateKey, hostKeyFingerprint, remoteDirectory, localDirectory } = server;
      writeSet({
        shape: shapeOf({ users, seed, name: districtName }),
        day: 0,
        mode: "bulk",
        directory: localDirectory,
        blemishes: false,
        version,
      });
      // As in the night: the export was over long before. A sync waits for files that have only just been written.
      const exportedAt = Date.now() / 1000 - 36_000;
      for (const file of readdirSync(localDirectory)) utimesSync(join(localDirectory, file), exportedAt, exportedAt);
      return {
        credentials: { host: "127.0.0.1", port, username, privateKey, directory: remoteDirectory, hostKeyFingerprint },
        variables: { AIVO_TRUSTED_SIS_ORIGINS: `sftp://127.0.0.1:${port}` },
      };
    },
  });
}

/** Over REST, in which 1.2 has roles within the person. */
export function measureLaterRest(options: BenchOptions): Promise<Measured> {
  const { users, seed, latency, undo } = options;
  return measureLater(options, {
    way: "REST",
    provider: "oneroster-rest",
    serve: async (version) => {
      const server = await startDistrictServer({ provider: "oneroster-rest", users, seed, latency, name: districtName, version });
      undo.push(() => server.stop());
      return server;
    },
  });
}
