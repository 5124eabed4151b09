import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { shapeOf } from "#sandbox/district/shape.ts";
import { type SetCounts, writeSet } from "#sandbox/district/write-set.ts";
import { measureBareCopy, measureDownload, secondsSince } from "./references.ts";
import { startBenchServer } from "./server.ts";
import { type BenchOptions, districtName, machine, openStage, ratio, say } from "./stage.ts";

/** Real files over SFTP; beside the syncs, as floors, a bare COPY of the same rows and a bare download of the same files. */
export async function benchCsv(options: BenchOptions) {
  const { users, seed, home, undo } = options;
  const shape = shapeOf({ users, seed, name: districtName });
  const server = await startBenchServer(home);
  undo.push(() => server.stop());
  const publish = (day: number) => {
    const counts = writeSet({ shape, day, mode: "bulk", directory: server.localDirectory, blemishes: false });
    // As in the night: the export was over long before. A sync waits for files that have only just been written.
    const exportedAt = Date.now() / 1000 - 3600 + day * 60;
    for (const file of readdirSync(server.localDirectory)) utimesSync(join(server.localDirectory, file), exportedAt, exportedAt);
    return counts;
  };

  say(`Generating a district of ${users} users …`);
  const generatedAt = performance.now();
  const counts = publish(0);
  const generatedSeconds = secondsSince(generatedAt);

  const { port, username, privateKey, hostKeyFingerprint, remoteDirectory } = server;
  const stage = await openStage(options, {
    provider: "oneroster-csv",
    credentials: { host: "127.0.0.1", port, username, privateKey, directory: remoteDirectory, hostKeyFingerprint },
    variables: { AIVO_TRUSTED_SIS_ORIGINS: `sftp://127.0.0.1:${port}` },
  });

  const first = await stage.sync("first");
  say("Reference: bare COPY of the same rows …");
  const copy = await measureBareCopy(stage.databaseUrl, stage.districtId, home);
  const unchanged = await stage.sync("unchanged");
  say("Reference: bare download of the same files …");
  const download = await measureDownload(server, home);
  const changedCounts = publish(1);
  const changed = await stage.sync("1 % changed");

  return {
    users,
    seed,
    generated: { seconds: generatedSeconds, rows: counts, rowsAfterChange: changedCounts, users: counts.users, rowsInAll: sum(counts) },
    machine: machine(),
    server: server.kind,
    database: await stage.databaseSettings(),
    runs: { first, unchanged, changed },
    references: { bareCopy: copy, downloadAndHash: download },
    ratios: {
      firstToBareCopy: ratio(first.seconds, copy.seconds),
      firstWithoutReadingToBareCopy: ratio(first.seconds - (first.phases.connect ?? 0) - (first.phases.read ?? 0), copy.seconds),
      unchangedToDownloadAndHash: ratio(unchanged.seconds, download.seconds),
      changedToFirst: ratio(changed.seconds, first.seconds),
    },
    aims: {
      firstWithin3TimesBareCopy: first.seconds <= 3 * copy.seconds,
      unchangedWithin2TimesDownload: unchanged.seconds <= 2 * download.seconds,
      workerUnder350Megabytes: [first, unchanged, changed].every((run) => (run.workerPeakMegabytes ?? 0) < 350),
      everyRunSucceeded: [first, unchanged, changed].every((run) => run.state === "succeeded"),
    },
  };
}

function sum(counts: SetCounts): number {
  return Object.values(counts).reduce((total, rows) => total + rows, 0);
}
