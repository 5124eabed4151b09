import { parseArgs } from "node:util";
import { connectionsPerWorker, measured, measuredCosts } from "./support/scale/costs.ts";
import { makeDistricts } from "./support/scale/districts.ts";
import { nightOf } from "./support/scale/night.ts";
import { saturatedFirst, simulate } from "./support/scale/simulate.ts";

/**
 * npm run scale -- [--districts N] [--workers 1,2,4,8] [--database-cpus N] [--cron C] [--seed S] [--json] …
 *
 * A night of so many districts of the United States, by the unit costs that were measured: how long the last one waits, what is busy
 * and what is full first. A calculation, no measurement: it knows no disk, no lock and no vacuum. docs/scale.md tells how to read it.
 */
const { values } = parseArgs({
  options: {
    districts: { type: "string", default: "13000" },
    workers: { type: "string", default: "1,2,4,8" },
    "database-cpus": { type: "string", default: "4" },
    cron: { type: "string", default: "0 2 * * *" },
    from: { type: "string", default: "2026-11-03T00:00:00Z" },
    seed: { type: "string", default: "1" },
    unchanged: { type: "string", default: "0.2" },
    everything: { type: "string", default: "0.5" },
    "rows-per-pupil": { type: "string", default: "8.6" },
    "changed-share": { type: "string", default: "0.01" },
    "sis-rows-per-second": { type: "string", default: "5000" },
    "sis-seconds": { type: "string", default: "3" },
    json: { type: "boolean", default: false },
  },
});
const numberOf = (name: Exclude<keyof typeof values, "json">): number => {
  const number = Number(values[name]);
  if (!(number >= 0)) throw new Error(`--${name} has to be a number`);
  return number;
};

const seed = numberOf("seed");
const assumed = {
  rowsPerPupil: numberOf("rows-per-pupil"),
  changedShare: numberOf("changed-share"),
  sisRowsPerSecond: numberOf("sis-rows-per-second"),
  sisSecondsAtLeast: numberOf("sis-seconds"),
};
const districts = makeDistricts(numberOf("districts"), { unchanged: numberOf("unchanged"), everything: numberOf("everything") }, seed);
const night = nightOf(districts, { cron: values.cron, from: new Date(values.from), costs: measuredCosts, assumed, seed });
const sum = (of: "workerSeconds" | "databaseSeconds") => Math.round(night.jobs.reduce((total, job) => total + job[of], 0));
const nights = values.workers.split(",").map((count) => {
  const machines = { workers: Number(count), slots: 8, turns: 3, workerCpus: 1, databaseCpus: numberOf("database-cpus") };
  const report = simulate(night.jobs, machines);
  return { workers: machines.workers, ...report, connections: machines.workers * connectionsPerWorker, full: saturatedFirst(report) };
});

if (values.json) {
  const pupils = districts.reduce((total, district) => total + district.pupils, 0);
  const seconds = { worker: sum("workerSeconds"), database: sum("databaseSeconds") };
  console.log(
    JSON.stringify({ districts: districts.length, pupils, peaks: night.peaks, cpuSeconds: seconds, measured, assumed, nights }, null, 2),
  );
} else {
  console.log(
    `${districts.length} districts; a night takes ${sum("workerSeconds")} s of workers' CPUs and ${sum("databaseSeconds")} s of the primary's.`,
  );
  for (const { at, districts: count } of night.peaks) console.log(`  ${at}  ${count} are due`);
  console.log("workers  waits longest  half wait  last ended after  slots  turns  workers' CPUs  primary's CPUs  connections  full first");
  for (const one of nights) {
    const { slots, turns, workerCpus, databaseCpus } = one.busy;
    const cells = [
      String(one.workers).padStart(7),
      clock(one.longestWait).padStart(13),
      clock(one.medianWait).padStart(9),
      clock(one.longestDelay).padStart(16),
      percent(slots).padStart(5),
      percent(turns).padStart(5),
      percent(workerCpus).padStart(13),
      percent(databaseCpus).padStart(14),
      String(one.connections).padStart(11),
      one.full,
    ];
    console.log(cells.join("  "));
  }
}

function clock(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return minutes >= 60 ? `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min` : `${minutes} min`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
