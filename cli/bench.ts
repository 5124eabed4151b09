import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchCsv } from "./support/bench/csv-bench.ts";
import { benchHerd } from "./support/bench/herd-bench.ts";
import { benchHttp } from "./support/bench/http-bench.ts";
import type { BenchOptions } from "./support/bench/stage.ts";

/**
 * npm run bench -- --users N [--provider P] [--seed S] [--latency MS] [--keep]
 * npm run bench -- --herd N [--workers W] [--requests-only] [--keep]
 *
 * A district of N users through the whole path: a provider's server in a process of its own, the worker's own process, the product's
 * database. Synced for the first time, again unchanged, again a school day later, when one learner in a hundred has changed; beside
 * it, in the same run on the same machine, the floors to compare with. Prints JSON. On loopback a server answers in next to no time;
 * with --latency its HTTP answers take as much longer as those of a SIS on the internet do.
 *
 * With --herd, N districts that are due at one moment, on W workers: see herd-bench.ts.
 */
const benches = {
  "oneroster-csv": benchCsv,
  "oneroster-rest": (options: BenchOptions) => benchHttp(options, "oneroster-rest"),
  classlink: (options: BenchOptions) => benchHttp(options, "classlink"),
  clever: (options: BenchOptions) => benchHttp(options, "clever"),
};

const { values } = parseArgs({
  options: {
    users: { type: "string", default: "10000" },
    provider: { type: "string", default: "oneroster-csv" },
    seed: { type: "string", default: "1" },
    latency: { type: "string", default: "0" },
    keep: { type: "boolean", default: false },
    herd: { type: "string" },
    workers: { type: "string", default: "1" },
    "requests-only": { type: "boolean", default: false },
  },
});
const users = Number(values.users);
const seed = Number(values.seed);
const latency = Number(values.latency);
const bench = Object.entries(benches).find(([provider]) => provider === values.provider)?.[1];
const districts = values.herd === undefined ? null : Number(values.herd);
const workers = Number(values.workers);
const isHerdWrong = districts !== null && !(Number.isInteger(districts) && districts > 0 && Number.isInteger(workers) && workers > 0);
if (!bench || isHerdWrong || !Number.isInteger(users) || users < 50 || !Number.isInteger(seed) || !(latency >= 0)) {
  const providers = Object.keys(benches).join("|");
  console.error(`usage: npm run bench -- --users N [--provider ${providers}] [--seed S] [--latency MS] [--keep], with N of 50 or more,
  or npm run bench -- --herd N [--workers W] [--requests-only] [--keep]`);
  process.exit(1);
}

const home = await mkdtemp(join(tmpdir(), "aivo-bench-"));
const undo: (() => Promise<unknown>)[] = [];
let cleaning: Promise<void> | null = null;
if (values.keep) console.error(`Everything stays in ${home}`);
else undo.push(() => rm(home, { recursive: true, force: true }));

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void cleanUp().then(() => process.exit(1)));
try {
  const options = { users, seed, latency, home, undo };
  const measured = districts === null ? bench(options) : benchHerd({ ...options, districts, workers, untilDone: !values["requests-only"] });
  console.log(JSON.stringify(await measured, null, 2));
} finally {
  await cleanUp();
}

/** Once, also when a signal comes in the middle: what was started last is stopped first. */
function cleanUp(): Promise<void> {
  cleaning ??= (async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step().catch((error: unknown) => console.error(error));
  })();
  return cleaning;
}
