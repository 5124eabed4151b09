import { describe, expect, test } from "vitest";
import { measuredCosts } from "./costs.ts";
import { districtSizes, makeDistricts } from "./districts.ts";
import { nightOf } from "./night.ts";
import { type Job, saturatedFirst, simulate } from "./simulate.ts";
import { workOf } from "./work.ts";

const machines = { workers: 1, slots: 2, turns: 1, workerCpus: 1, databaseCpus: 1 };
const job = (dueAt: number, sisSeconds: number, workerSeconds: number, databaseSeconds: number): Job => ({
  dueAt,
  sisSeconds,
  workerSeconds,
  databaseSeconds,
});
const assumed = { rowsPerPupil: 10, changedShare: 0.01, sisRowsPerSecond: 1000, sisSecondsAtLeast: 2 };

describe("the districts", () => {
  test("have the sizes of the United States': so many, so many pupils, a quarter of them in the hundred largest", () => {
    const sizes = districtSizes();
    const pupils = sizes.reduce((sum, one) => sum + one, 0);
    expect(sizes).toHaveLength(13_201);
    expect(pupils).toBeGreaterThan(48_000_000);
    expect(pupils).toBeLessThan(50_500_000);
    expect(sizes.slice(0, 100).reduce((sum, one) => sum + one, 0) / pupils).toBeCloseTo(0.235, 1);
    expect(sizes[0]).toBeLessThan(1_000_000);
    expect(sizes.filter((size) => size < 1000).length / sizes.length).toBeCloseTo(0.476, 2);
  });

  test("are the same for the same seed, and a part of them has the same distribution", () => {
    const shares = { unchanged: 0.2, everything: 0.5 };
    expect(makeDistricts(500, shares, 7)).toEqual(makeDistricts(500, shares, 7));
    expect(makeDistricts(500, shares, 7)).not.toEqual(makeDistricts(500, shares, 8));
    const some = makeDistricts(1300, shares, 1);
    expect(some.filter(({ night }) => night === "everything").length / some.length).toBeCloseTo(0.5, 1);
    expect(some.reduce((sum, { pupils }) => sum + pupils, 0)).toBeGreaterThan(4_000_000);
  });
});

test("the work of a night follows from the rows that are read and those that have changed", () => {
  const costs = {
    idleRun: { worker: 0.1, database: 0.2 },
    plannedRun: { worker: 1, database: 2 },
    workerPerThousandUnchanged: 0.01,
    workerPerThousandRead: 0.1,
    databasePerThousandCompared: 0.3,
    databasePerThousandWritten: 1,
  };
  const work = (night: "unchanged" | "everything" | "changes") => workOf({ pupils: 1000, night }, costs, assumed);
  expect(work("unchanged")).toEqual({ sisSeconds: 12, workerSeconds: 0.2, databaseSeconds: 0.2 });
  expect(work("everything")).toEqual({ sisSeconds: 12, workerSeconds: 2, databaseSeconds: 2 + 3 + 0.1 });
  expect(work("changes").sisSeconds).toBeCloseTo(2.1);
  expect(work("changes").databaseSeconds).toBeCloseTo(2 + 0.03 + 0.1);
});

describe("a night", () => {
  test("of one sync lasts as long as its parts do", () => {
    expect(simulate([job(10, 5, 1, 2)], machines)).toMatchObject({
      longestWait: 0,
      longestDelay: 8,
      lasted: 8,
      mostSlots: 1,
      mostTurns: 1,
    });
  });

  test("waits for slots in the order in which syncs were due", () => {
    const night = simulate([job(0, 10, 0, 0), job(0, 10, 0, 0), job(1, 10, 0, 0)], machines);
    expect(night).toMatchObject({ longestWait: 9, longestDelay: 19, lasted: 20, mostSlots: 2 });
    expect(night.busy.slots).toBeCloseTo(1);
    expect(saturatedFirst(night)).toBe("the workers' slots");
  });

  test("waits for turns: the second computes after the first", () => {
    const night = simulate([job(0, 1, 3, 4), job(0, 1, 3, 4)], machines);
    expect(night.lasted).toBeCloseTo(15);
    expect(night.mostTurns).toBe(1);
  });

  test("shares the primary alike, and nobody has more than one of its CPUs", () => {
    const two = { ...machines, workers: 2 };
    expect(simulate([job(0, 0, 0, 4), job(0, 0, 0, 4)], two).lasted).toBeCloseTo(8);
    expect(simulate([job(0, 0, 0, 4), job(0, 0, 0, 4)], { ...two, databaseCpus: 8 }).lasted).toBeCloseTo(4);
  });

  test("shares a worker's CPU among its turns", () => {
    const night = simulate([job(0, 0, 4, 0), job(0, 0, 2, 0)], { ...machines, turns: 2 });
    expect(night.lasted).toBeCloseTo(6);
    expect(night.mostTurns).toBe(2);
  });

  test("says that the primary is full where more workers would not help", () => {
    const jobs = Array.from({ length: 40 }, () => job(0, 0, 0, 5));
    const night = simulate(jobs, { ...machines, workers: 4, turns: 2 });
    expect(night.lasted).toBeCloseTo(200);
    expect(night.busy.databaseCpus).toBeCloseTo(1);
    expect(saturatedFirst(night)).toBe("the primary's CPUs");
  });

  test("in which nobody waits has nothing that is full", () => {
    expect(saturatedFirst(simulate([job(0, 1, 1, 1)], machines))).toBe("nothing");
  });

  test("begins for all districts of a time zone at the second that their schedule names", () => {
    const districts = makeDistricts(400, { unchanged: 0, everything: 1 }, 3);
    const from = new Date("2026-11-03T00:00:00Z");
    const { jobs, peaks } = nightOf(districts, { cron: "0 2 * * *", from, costs: measuredCosts, assumed, seed: 3 });
    expect(jobs).toHaveLength(400);
    expect(peaks[0]?.at).toBe("2026-11-03T07:00:00.000Z");
    expect(peaks.reduce((sum, { districts: count }) => sum + count, 0)).toBe(400);
    expect(new Set(jobs.map(({ dueAt }) => dueAt)).size).toBe(peaks.length);
  });
});
