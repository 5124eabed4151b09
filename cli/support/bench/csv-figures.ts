import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { type Figure, most, mostOfBareCopy, type RowName, type Unit } from "./aims.ts";
import { type CsvDistrict, openCsvDistrict } from "./csv-bench.ts";
import { tablesOnDisk } from "./disk.ts";
import { probeLocks } from "./lock-probe.ts";
import { exportAgain, exportChanges, whoChanged } from "./other-exports.ts";
import { measureBareCopies, measureDownload, more, type Reference } from "./references.ts";
import { type MeasuredRun, succeeded } from "./run.ts";
import { type BenchOptions, ratio, say } from "./stage.ts";
import { withStatementTime } from "./statement-time.ts";
import type { Measured, Table } from "./table.ts";

/** Nights of one district, each with the floor that it is compared with; those that no wanted row needs are left out. */
export async function measureCsv(options: BenchOptions, wanted: readonly RowName[]): Promise<Measured> {
  const district = await openCsvDistrict(options);
  const { stage, server, counts, publish, publishOther } = district;
  const { users, home } = options;
  const isWanted = (...rows: readonly RowName[]) => rows.some((row) => wanted.includes(row));
  const figures: Figure[] = [];
  const runs: Table["runs"][number][] = [];
  const add = (row: RowName, value: number | null, unit: Unit, aim: number | null, from: string, what: string | null = null) =>
    figures.push({ row, what, users, value, unit, aim, from });
  const sync = async (what: string) => {
    const run = succeeded(await stage.sync(what));
    runs.push({ what: `oneroster-csv, ${users} users, ${what}`, run });
    return run;
  };
  const inTo = (run: MeasuredRun, floor: number) => `${run.seconds.toFixed(2)} s to ${floor.toFixed(2)} s`;

  const first = await sync("first");
  const tables = await tablesOnDisk(stage.sql);
  const enrollments = counts.enrollments ?? 0;
  if (isWanted("disk")) {
    const bytes = tables.reduce((sum, { heap, indexes }) => sum + heap + indexes, 0);
    add("disk", Math.round(bytes / enrollments), "bytes", null, `${Math.round(bytes / 1e6)} MB for ${enrollments} enrollments`);
  }
  if (isWanted("first", "remembering")) {
    say("Reference: bare COPY of the same rows …");
    const all = isWanted("remembering") ? (["floor", "reported", "remembering"] as const) : (["floor"] as const);
    const copies: Partial<Record<"floor" | "reported" | "remembering", Reference>> = await measureBareCopies(
      stage.databaseUrl,
      stage.districtId,
      home,
      all,
    );
    const { floor: copy, reported, remembering } = copies;
    if (copy === undefined) throw new Error("Nothing was copied");
    if (isWanted("first")) add("first", ratio(first.seconds, copy.seconds), "×", mostOfBareCopy(users), inTo(first, copy.seconds));
    if (reported && remembering) {
      const { worker, database } = first.cpuSeconds;
      const cpu = worker === null || database === null ? null : worker + database;
      const addShare = (what: string, added: number | null, whole: number | null) => {
        if (added === null || whole === null) add("remembering", null, "×", most.remembering, "only where the system tells", what);
        else add("remembering", ratio(added, whole - added), "×", most.remembering, `${added.toFixed(2)} s of ${whole.toFixed(2)} s`, what);
      };
      addShare("CPU", more(remembering.cpuSamples ?? [], reported.cpuSamples ?? []), cpu);
      addShare("wall time", more(remembering.samples, reported.samples), first.seconds);
    }
  }
  if (isWanted("same-bytes")) {
    const same = await sync("the same bytes");
    say("Reference: bare download of the same files …");
    const download = await measureDownload(server, home);
    add("same-bytes", ratio(same.seconds, download.seconds), "×", most.sameBytes, inTo(same, download.seconds));
  }
  if (isWanted("same-rows")) {
    await publishOther(exportAgain);
    const same = await sync("the same rows in other bytes");
    if (same.changes > 0) throw new Error(`The same rows made ${same.changes} changes`);
    add("same-rows", ratio(same.seconds, first.seconds), "×", most.sameRows, inTo(same, first.seconds));
  }
  if (isWanted("changed", "lock", "memory")) {
    publish(1);
    const changed = await sync("1 % changed");
    if (isWanted("changed")) add("changed", ratio(changed.seconds, first.seconds), "×", most.changed, inTo(changed, first.seconds));
  }
  if (isWanted("lock")) {
    const before = join(home, "users-before.csv");
    await copyFile(join(server.localDirectory, "users.csv"), before);
    publish(2);
    const [account] = await stage.sql<{ id: string }[]>`
      select record_id as id from source_records
      where district_id = ${stage.districtId} and collection = 'users'
        and external_id = ${await whoChanged(before, join(server.localDirectory, "users.csv"))}`;
    if (account === undefined) throw new Error("Nobody is to be changed");
    const at = { districtId: stage.districtId, accountId: account.id };
    const { waits } = await probeLocks(stage.databaseUrl, at, () => sync("1 % changed, with others who want to change the roster"));
    const { revisionSeconds, accountSeconds } = waits;
    const from = `its revision ${revisionSeconds.toFixed(2)} s, an account ${accountSeconds.toFixed(2)} s`;
    add("lock", Math.max(revisionSeconds, accountSeconds), "s", most.lockSeconds, from);
  }
  if (isWanted("delta")) figures.push(...(await deltaFigures(district, users, sync)));
  return { figures, runs, database: await stage.databaseSettings(), disk: { enrollments, tables } };
}

/** Ten changed records told by a delta, in a district that nothing else is measured with. */
export async function measureDelta(options: BenchOptions): Promise<Measured> {
  const district = await openCsvDistrict(options);
  const runs: Table["runs"][number][] = [];
  const sync = async (what: string) => {
    const run = succeeded(await district.stage.sync(what));
    runs.push({ what: `oneroster-csv, ${options.users} users, ${what}`, run });
    return run;
  };
  await sync("first");
  const figures = await deltaFigures(district, options.users, sync);
  return { figures, runs, database: await district.stage.databaseSettings() };
}

/** A first sync that is taken back, in a district that nothing else is measured with. */
export async function measureUndo(options: BenchOptions): Promise<Measured> {
  const { stage } = await openCsvDistrict(options);
  const first = succeeded(await stage.sync("first"));
  const undone = succeeded(await stage.undo("the first sync", first));
  const name = (what: string) => `oneroster-csv, ${options.users} users, ${what}`;
  return {
    figures: [
      {
        row: "undo",
        what: null,
        users: options.users,
        value: ratio(undone.seconds, first.seconds),
        unit: "×",
        aim: most.undo,
        from: `${undone.seconds.toFixed(2)} s to ${first.seconds.toFixed(2)} s`,
      },
    ],
    runs: [
      { what: name("first, to be taken back"), run: first },
      { what: name("its undo"), run: undone },
    ],
    database: await stage.databaseSettings(),
  };
}

const told = 10;

async function deltaFigures(
  { stage, publishOther }: CsvDistrict,
  users: number,
  sync: (what: string) => Promise<MeasuredRun>,
): Promise<readonly Figure[]> {
  await publishOther(async (directory) => {
    await exportChanges(directory, told);
  });
  const { result: run, seconds } = await withStatementTime(stage.server, () => sync(`${told} changed records`));
  if (run.changes !== told) throw new Error(`${told} changed records made ${run.changes} changes`);
  const figure = { row: "delta", users, unit: "s", aim: most.deltaSeconds } as const;
  const phases = Object.entries(run.phases).map(([phase, each]) => `${phase} ${each.toFixed(2)}`);
  return [
    {
      ...figure,
      what: "time of statements",
      value: seconds,
      from: seconds === null ? "only on a server of the bench's own" : "all of the worker's",
    },
    { ...figure, what: "wall time", value: run.seconds, from: phases.join(", ") },
  ];
}
