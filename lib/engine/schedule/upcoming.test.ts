import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blackoutAt } from "./blackout.ts";
import { nextRuns } from "./occurrences.ts";
import { everyNth, nextSlowed } from "./slow-down.ts";
import { upcomingRuns } from "./upcoming.ts";

const iso = (dates: readonly Date[]) => dates.map((date) => date.toISOString().slice(0, 16));
const timing = (schedule: string, timezone: string, blackouts: readonly (readonly [string, string])[] = [], failuresInRow = 0) => ({
  schedule,
  timezone,
  failuresInRow,
  blackouts: blackouts.map(([firstDay, lastDay]) => ({ firstDay, lastDay })),
});

describe("blackouts", () => {
  test.each([
    // Nightly: the first and the last day are both left out, by the district's clock.
    ["0 2 * * *", "America/Chicago", [["2026-12-20", "2027-01-03"]], "2026-12-18T12:00:00Z", ["2026-12-19T08:00", "2027-01-04T08:00"]],
    // A night that begins in UTC's evening of the day before is judged by the local day.
    ["0 23 * * *", "America/Chicago", [["2026-12-20", "2026-12-20"]], "2026-12-19T12:00:00Z", ["2026-12-20T05:00", "2026-12-22T05:00"]],
    ["0 2 * * *", "Asia/Kathmandu", [["2026-12-20", "2026-12-20"]], "2026-12-18T12:00:00Z", ["2026-12-18T20:15", "2026-12-20T20:15"]],
    // Midnight sharp after it belongs to the day that begins.
    ["0 0 * * *", "America/Chicago", [["2026-12-20", "2026-12-21"]], "2026-12-19T12:00:00Z", ["2026-12-22T06:00", "2026-12-23T06:00"]],
    // It ends on the day on which the clock skips the schedule's time, and on the one on which the clock shows it twice.
    ["30 2 * * *", "America/Chicago", [["2026-03-02", "2026-03-07"]], "2026-03-01T12:00:00Z", ["2026-03-08T08:30", "2026-03-09T07:30"]],
    ["30 1 * * *", "America/Chicago", [["2026-10-25", "2026-10-31"]], "2026-10-24T12:00:00Z", ["2026-11-01T06:30", "2026-11-02T07:30"]],
    // It covers exactly such a day, of 23 and of 25 hours.
    ["0 */6 * * *", "America/Chicago", [["2026-03-08", "2026-03-08"]], "2026-03-08T01:00:00Z", ["2026-03-09T05:00", "2026-03-09T11:00"]],
    ["0 */6 * * *", "America/Chicago", [["2026-11-01", "2026-11-01"]], "2026-11-01T01:00:00Z", ["2026-11-02T06:00", "2026-11-02T12:00"]],
    // A zone whose clock skips midnight itself.
    ["0 0 * * *", "America/Havana", [["2026-03-06", "2026-03-07"]], "2026-03-05T12:00:00Z", ["2026-03-08T05:00", "2026-03-09T04:00"]],
    // Two that touch, and one within another.
    [
      "0 2 * * *",
      "UTC",
      [
        ["2026-12-20", "2026-12-22"],
        ["2026-12-23", "2026-12-24"],
        ["2026-12-21", "2026-12-21"],
      ],
      "2026-12-19T12:00:00Z",
      ["2026-12-25T02:00", "2026-12-26T02:00"],
    ],
  ] as const)("%s in %s without %j", (cron, zone, ranges, from, expected) => {
    expect(iso(upcomingRuns(timing(cron, zone, ranges), new Date(from), 2))).toEqual(expected);
  });

  test("what comes is the schedule without the days of the blackouts, whatever they are", () => {
    const day = fc.integer({ min: 0, max: 90 }).map((n) => new Date(Date.UTC(2026, 8, 15) + n * 86_400_000).toISOString().slice(0, 10));
    const range = fc.tuple(day, day).map(([a, b]) => (a < b ? ([a, b] as const) : ([b, a] as const)));
    fc.assert(
      fc.property(
        fc.constantFrom("0 2 * * *", "30 1 * * *", "0 */6 * * *", "0 6 * * 1-5", "0 0 * * *"),
        fc.constantFrom("America/Chicago", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia"),
        fc.array(range, { maxLength: 5 }),
        (cron, zone, ranges) => {
          const from = new Date("2026-09-20T00:00:00Z");
          const of = timing(cron, zone, ranges);
          const plain = nextRuns(cron, zone, from, 400).filter((at) => blackoutAt(of.blackouts, zone, at) === null);
          expect(iso(upcomingRuns(of, from, 10))).toEqual(iso(plain.slice(0, 10)));
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("slowing down", () => {
  test("nothing before the third failure, then every 2nd, 4th, 8th time", () => {
    expect([0, 1, 2, 3, 4, 5, 6].map(everyNth)).toEqual([1, 1, 1, 2, 4, 8, 16]);
  });

  test.each([
    // Every hour, failed at half past: never more than a day apart.
    ["0 * * * *", 2, "2026-12-01T11:00"],
    ["0 * * * *", 3, "2026-12-01T12:00"],
    ["0 * * * *", 4, "2026-12-01T14:00"],
    ["0 * * * *", 6, "2026-12-02T02:00"],
    ["0 * * * *", 30, "2026-12-02T10:00"],
    ["0 */6 * * *", 3, "2026-12-01T18:00"],
    ["0 */6 * * *", 9, "2026-12-02T06:00"],
    // A daily one: every second day, however long.
    ["0 2 * * *", 2, "2026-12-02T02:00"],
    ["0 2 * * *", 3, "2026-12-03T02:00"],
    ["0 2 * * *", 40, "2026-12-03T02:00"],
    // Rarer than daily: as it is.
    ["0 2 * * 1", 9, "2026-12-07T02:00"],
    ["0 6 1 * *", 9, "2027-01-01T06:00"],
  ])("%s after %i failures", (cron, failures, expected) => {
    expect(nextSlowed(cron, "UTC", new Date("2026-12-01T10:30:00Z"), failures)?.toISOString().slice(0, 16)).toBe(expected);
  });

  test("a daily schedule keeps to every second day over a change of clocks", () => {
    const of = (from: string) => iso(upcomingRuns(timing("30 1 * * *", "America/Chicago", [], 5), new Date(from), 3));
    expect(of("2026-10-30T06:30:01Z")).toEqual(["2026-11-01T06:30", "2026-11-03T07:30", "2026-11-05T07:30"]);
    expect(of("2026-03-06T07:30:01Z")).toEqual(["2026-03-08T07:30", "2026-03-10T06:30", "2026-03-12T06:30"]);
  });

  test("a blackout and a slow schedule: the first time after the blackout is used", () => {
    const of = timing("0 2 * * *", "UTC", [["2026-12-02", "2026-12-10"]], 3);
    expect(iso(upcomingRuns(of, new Date("2026-12-01T10:30:00Z"), 2))).toEqual(["2026-12-11T02:00", "2026-12-13T02:00"]);
  });
});
