import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { shapeOf } from "#sandbox/district/shape.ts";
import { type SetCounts, writeSet } from "#sandbox/district/write-set.ts";
import { mostOfBareCopy } from "./aims.ts";
import { exportAgain } from "./other-exports.ts";
import { measureBareCopy, measureDownload, secondsSince } from "./references.ts";
import { type BenchServer, startBenchServer } from "./server.ts";
import { type BenchOptions, districtName, machine, openStage, ratio, type Stage, say } from "./stage.ts";

/** A district whose files lie on an SFTP server, and which is synced from there. */
export interface CsvDistrict {
  readonly stage: Stage;
  readonly server: BenchServer;
  readonly counts: SetCounts;
  readonly generatedSeconds: number;
  /** Lays out the set of a school day. */
  publish(day: number): SetCounts;
  /** Lays out a set that `write` makes in the folder of the one before. Each is a minute younger than the last. */
  publishOther(write: (directory: string) => Promise<void>): Promise<void>;
}

/** Of `options.users` people, on its first school day. */
export async function openCsvDistrict(options: BenchOptions, settings?: Readonly<Record<string, string>>): Promise<CsvDistrict> {
  const { users, seed, home, undo } = options;
  const shape = shapeOf({ users, seed, name: districtName });
  const server = await startBenchServer(home);
  undo.push(() => server.stop());
  // As in the night: the export was over long before. A sync waits for files that have only just been written.
  let exportedAt = Date.now() / 1000 - 36_000;
  const stamp = () => {
    exportedAt += 60;
    for (const file of readdirSync(server.localDirectory)) utimesSync(join(server.localDirectory, file), exportedAt, exportedAt);
  };
  const publish = (day: number) => {
    const counts = writeSet({ shape, day, mode: "bulk", directory: server.localDirectory, blemishes: false });
    stamp();
    return counts;
  };
  const publishOther = async (write: (directory: string) => Promise<void>) => {
    await write(server.localDirectory);
    stamp();
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
    ...(settings === undefined ? {} : { settings }),
  });
  return { stage, server, counts, generatedSeconds, publish, publishOther };
}

/** Real files over SFTP; beside the syncs, as floors, a bare COPY of the same rows and a bare download of the same files. */
export async function benchCsv(options: BenchOptions) {
  const { users, seed, home } = options;
  const { stage, server, counts, generatedSeconds, publish, publishOther } = await openCsvDistrict(options);
  const first = await stage.sync("first");
  say("Reference: bare COPY of the same rows …");
  const copy = await measureBareCopy(stage.databaseUrl, stage.districtId, home);
  const unchanged = await stage.sync("unchanged");
  say("Reference: bare download of the same files …");
  const download = await measureDownload(server, home);
  await publishOther(exportAgain);
  const rewritten = await stage.sync("the same rows in other bytes");
  const changedCounts = publish(1);
  const changed = await stage.sync("1 % changed");
  const undoneChanged = await stage.undo("1 % changed", changed);
  const undoneFirst = await stage.undo("first", first);

  return {
    users,
    seed,
    generated: { seconds: generatedSeconds, rows: counts, rowsAfterChange: changedCounts, users: counts.users, rowsInAll: sum(counts) },
    machine: machine(),
    server: server.kind,
    database: await stage.databaseSettings(),
    runs: { first, unchanged, rewritten, changed, undoneChanged, undoneFirst },
    references: { bareCopy: copy, downloadAndHash: download },
    ratios: {
      firstToBareCopy: ratio(first.seconds, copy.seconds),
      firstWithoutReadingToBareCopy: ratio(first.seconds - (first.phases.connect ?? 0) - (first.phases.read ?? 0), copy.seconds),
      unchangedToDownloadAndHash: ratio(unchanged.seconds, download.seconds),
      rewrittenToFirst: ratio(rewritten.seconds, first.seconds),
      changedToFirst: ratio(changed.seconds, first.seconds),
      undoneChangedToChanged: ratio(undoneChanged.seconds, changed.seconds),
      undoneFirstToFirst: ratio(undoneFirst.seconds, first.seconds),
    },
    aims: {
      firstWithinAimOfBareCopy: first.seconds <= mostOfBareCopy(users) * copy.seconds,
      unchangedWithin90PercentOfDownload: unchanged.seconds <= 0.9 * download.seconds,
      workerUnder300Megabytes: [first, unchanged, rewritten, changed, undoneFirst].every((run) => (run.workerPeakMegabytes ?? 0) <= 300),
      undoWithinTheSync: undoneFirst.seconds <= first.seconds,
      everyRunSucceeded: [first, unchanged, rewritten, changed, undoneChanged, undoneFirst].every((run) => run.state === "succeeded"),
    },
  };
}

function sum(counts: SetCounts): number {
  return Object.values(counts).reduce((total, rows) => total + rows, 0);
}
