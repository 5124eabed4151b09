import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { isRowName, rowNames } from "./support/bench/aims.ts";
import { benchCsv } from "./support/bench/csv-bench.ts";
import { explainSync } from "./support/bench/explain.ts";
import { benchHerd } from "./support/bench/herd-bench.ts";
import { benchHttp } from "./support/bench/http-bench.ts";
import { benchPages, pagesAsMarkdown } from "./support/bench/pages-bench.ts";
import { asMarkdown, asText } from "./support/bench/print.ts";
import type { BenchOptions } from "./support/bench/stage.ts";
import { benchTable } from "./support/bench/table-bench.ts";

/**
 * npm run bench -- [--users N,N,…] [--only ROW,ROW,…] [--markdown | --json]
 * npm run bench -- --explain [--users N]
 * npm run bench -- --provider P [--users N] [--latency MS]
 * npm run bench -- --herd N [--workers W] [--requests-only]
 * npm run bench -- --pages [--users N] [--json]
 *
 * Districts of N users through the whole path: a provider's server in a process of its own, the worker's own process, the product's
 * database, made for this and removed again (--keep leaves it). Beside what is measured, in the same run on the same machine, stands the
 * floor that it is compared with: a ratio says the same on another machine, seconds do not.
 *
 * The first prints the table of docs/benchmarks.md: every figure with its aim. With --explain, how PostgreSQL carries out the statements that
 * matter most. With --provider, one provider in detail, as JSON: a first sync, an unchanged one, and one a school day later. On loopback a
 * server answers in next to no time; with --latency its HTTP answers take as much longer as those of a SIS on the internet do. With --herd,
 * N districts that are due at one moment, on W workers: see herd-bench.ts. With --pages, the portal's pages as a browser gets them.
 */
const benches = {
  "oneroster-csv": benchCsv,
  "oneroster-rest": (options: BenchOptions) => benchHttp(options, "oneroster-rest"),
  classlink: (options: BenchOptions) => benchHttp(options, "classlink"),
  clever: (options: BenchOptions) => benchHttp(options, "clever"),
};
/** A sandbox's server over HTTP holds its answers in memory. */
const mostHttpUsers = 100_000;

const usage = `usage: npm run bench -- [--users N,N,…] [--delta-users N] [--http-users N] [--only ${rowNames.join("|")},…] [--markdown | --json]
  or npm run bench -- --explain [--users N]
  or npm run bench -- --provider ${Object.keys(benches).join("|")} [--users N] [--latency MS]
  or npm run bench -- --herd N [--workers W] [--requests-only]
  or npm run bench -- --pages [--users N] [--json]
with N of 50 or more users; all of them also with [--seed S] [--keep]`;

const { values } = readArguments({
  options: {
    users: { type: "string", default: "10000" },
    "delta-users": { type: "string" },
    "http-users": { type: "string" },
    only: { type: "string", multiple: true },
    markdown: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    explain: { type: "boolean", default: false },
    provider: { type: "string" },
    seed: { type: "string", default: "1" },
    latency: { type: "string", default: "0" },
    keep: { type: "boolean", default: false },
    herd: { type: "string" },
    pages: { type: "boolean", default: false },
    workers: { type: "string", default: "1" },
    "requests-only": { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const sizes = values.users.split(",").map(sizeOf);
const largest = Math.max(...sizes);
const deltaUsers = sizeOf(values["delta-users"] ?? String(largest));
const httpUsers = sizeOf(values["http-users"] ?? String(Math.min(largest, mostHttpUsers)));
const only = (values.only ?? [rowNames.join(",")]).flatMap((names) => names.split(","));
const seed = wholeNumber(values.seed, 0);
const latency = Number(values.latency);
const bench = Object.entries(benches).find(([provider]) => provider === values.provider)?.[1];
const districts = values.herd === undefined ? null : wholeNumber(values.herd, 1);
const workers = wholeNumber(values.workers, 1);
if (!(latency >= 0) || !only.every(isRowName) || (values.provider !== undefined && !bench)) refuse();

/** As parseArgs does, with the usage for whatever it does not know. */
function readArguments<const T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return refuse();
  }
}

function sizeOf(text: string): number {
  return wholeNumber(text, 50);
}

function wholeNumber(text: string, least: number): number {
  const number = Number(text);
  return Number.isInteger(number) && number >= least ? number : refuse();
}

function refuse(): never {
  console.error(usage);
  process.exit(1);
}

const home = await mkdtemp(join(tmpdir(), "aivo-bench-"));
const undo: (() => Promise<unknown>)[] = [];
let cleaning: Promise<void> | null = null;
if (values.keep) console.error(`Everything stays in ${home}`);
else undo.push(() => rm(home, { recursive: true, force: true }));

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void cleanUp().then(() => process.exit(1)));
try {
  console.log(await measure({ users: largest, seed, latency, home, undo }));
} finally {
  await cleanUp();
}

/** @returns what is to be printed */
async function measure(options: BenchOptions): Promise<string> {
  const inJson = (measured: unknown) => JSON.stringify(measured, null, 2);
  if (districts !== null) return inJson(await benchHerd({ ...options, districts, workers, untilDone: !values["requests-only"] }));
  if (bench) return inJson(await bench(options));
  if (values.pages) {
    const measured = await benchPages(options);
    return values.json ? inJson(measured) : pagesAsMarkdown(measured);
  }
  if (values.explain) return explainSync(options);
  const table = await benchTable({ ...options, sizes, deltaUsers, httpUsers, only: only.filter(isRowName) });
  return values.json ? inJson(table) : values.markdown ? asMarkdown(table) : asText(table);
}

/** Once, also when a signal comes in the middle: what was started last is stopped first. */
function cleanUp(): Promise<void> {
  cleaning ??= (async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step().catch((error: unknown) => console.error(error));
  })();
  return cleaning;
}
