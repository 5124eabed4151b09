import { type Figure, most, type RowName, rowNames } from "./aims.ts";
import { measureCatalog } from "./catalog-bench.ts";
import { measureCsv, measureDelta, measureUndo } from "./csv-figures.ts";
import type { HttpProvider } from "./district-server.ts";
import { measureHttp, openHttpDistrict, paces } from "./http-bench.ts";
import { measureLaterFiles, measureLaterRest } from "./later-bench.ts";
import { succeeded } from "./run.ts";
import { type BenchOptions, machine, onStageOfItsOwn, ratio, say } from "./stage.ts";
import type { Measured, Table } from "./table.ts";

export interface TableOptions extends Omit<BenchOptions, "users"> {
  /** Sizes of the district whose files are read; each row about files is measured for each. */
  readonly sizes: readonly number[];
  readonly deltaUsers: number;
  readonly httpUsers: number;
  readonly only: readonly RowName[];
}

const csvRows: readonly RowName[] = ["first", "remembering", "same-bytes", "same-rows", "changed", "lock", "disk"];
const httpRows: Readonly<Record<HttpProvider, RowName | null>> = { "oneroster-rest": "rest", clever: "clever", classlink: null };

/** Each figure is a ratio within one run of this, or what the database or the system itself counts. Where one fails, the others are told all the same. */
export async function benchTable({ sizes, deltaUsers, httpUsers, only, ...options }: TableOptions): Promise<Table> {
  const isWanted = (row: RowName) => only.includes(row);
  const measured: Measured[] = [];
  const add = async (name: string, users: number, work: (options: BenchOptions) => Promise<Measured>) => {
    try {
      measured.push(await onStageOfItsOwn({ ...options, users }, name, work));
    } catch (error) {
      say(`${name} was not measured: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  };
  const wantsCsv = csvRows.some(isWanted) || isWanted("memory");
  const deltaBeside = wantsCsv && isWanted("delta") && sizes.includes(deltaUsers);
  if (wantsCsv) {
    for (const users of sizes) {
      const wanted = only.filter((row) => row !== "delta" || (deltaBeside && users === deltaUsers));
      await add(`csv-${users}`, users, (stage) => measureCsv(stage, wanted));
    }
  }
  if (isWanted("undo")) for (const users of sizes) await add(`undo-${users}`, users, measureUndo);
  if (isWanted("delta") && !deltaBeside) await add("delta", deltaUsers, measureDelta);
  if (isWanted("catalog")) await add("catalog", Math.min(10_000, ...sizes), measureCatalog);
  for (const [provider, row] of Object.entries(httpRows) as [HttpProvider, RowName | null][]) {
    if ((row !== null && isWanted(row)) || isWanted("memory"))
      await add(provider, httpUsers, (stage) => measureProvider(stage, provider, row));
  }
  if (isWanted("later")) {
    for (const users of sizes) {
      await add(`later-files-${users}`, users, measureLaterFiles);
      await add(`later-rest-${users}`, Math.min(users, httpUsers), measureLaterRest);
    }
  }
  const figures = measured.flatMap((each) => each.figures);
  const runs = measured.flatMap((each) => each.runs);
  if (isWanted("memory")) figures.push(memoryOf(runs, Math.max(...sizes, httpUsers)));
  return {
    machine: machine(),
    database: measured[0]?.database ?? {},
    figures: rowNames.filter(isWanted).flatMap((row) => figures.filter((figure) => figure.row === row)),
    disk: measured.findLast(({ disk }) => disk)?.disk ?? null,
    runs,
  };
}

async function measureProvider(options: BenchOptions, provider: HttpProvider, row: RowName | null): Promise<Measured> {
  const { stage, server } = await openHttpDistrict(options, provider);
  const { run, bareClient } = await measureHttp("first", stage, server, paces[provider]);
  const read = run.phases.read ?? 0;
  const figure = (name: "rest" | "clever"): Figure => ({
    row: name,
    what: null,
    users: options.users,
    value: ratio(read, bareClient.seconds),
    unit: "×",
    aim: most[name],
    from: `${read.toFixed(2)} s to ${bareClient.seconds.toFixed(2)} s for ${run.requests} requests`,
  });
  return {
    figures: row === "rest" || row === "clever" ? [figure(row)] : [],
    runs: [{ what: `${provider}, first`, run: succeeded(run) }],
    database: await stage.databaseSettings(),
  };
}

function memoryOf(runs: Table["runs"], users: number): Figure {
  const known = runs.flatMap(({ what, run }) => (run.workerPeakMegabytes === null ? [] : [{ what, peak: run.workerPeakMegabytes }]));
  const [highest] = known.sort((a, b) => b.peak - a.peak);
  const from = highest === undefined ? "this system does not tell" : `highest of ${known.length} runs: ${highest.what}`;
  return { row: "memory", what: null, users, value: highest?.peak ?? null, unit: "MB", aim: most.megabytes, from };
}
