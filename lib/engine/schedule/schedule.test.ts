import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeSchedule, validateSchedule } from "./cron.ts";
import { nextRuns, occurrencesBetween } from "./occurrences.ts";

const iso = (dates: readonly Date[]) => dates.map((date) => date.toISOString().slice(0, 16));

describe("validateSchedule", () => {
  test.each([
    ["0 2 * * *", "At 2:00 AM, every day"],
    ["0 6 * * 1-5", "At 6:00 AM, Monday through Friday"],
    ["0 */6 * * *", "every 6 hours"],
    ["30 13 1 sep *", "September"],
    ["0 2 * * 1-5,1", "Monday, Tuesday, Wednesday, Thursday, and Friday"],
    ["0 2 * * 0,7", "only on Sunday"],
    ["0,0 2 * * *", "At 2:00 AM"],
    ["0 2 1-3,2-4 * *", "1, 2, 3, and 4"],
    ["0 2 * 1,jan *", "January"],
  ])("%s reads as words", (cron, words) => {
    const checked = validateSchedule(cron);
    expect(checked.ok && checked.words).toContain(words);
  });

  test.each([
    ["", "Enter a cron expression"],
    ["0 0 2 * * *", "has 6"],
    ["@daily", "has 1"],
    ["0 2 L * *", "day of the month"],
    ["0 2 * * 5#2", "day of the week"],
    ["61 2 * * *", "The minute is a number from 0 to 59, and 61 is not."],
    ["99999999999999999999 2 * * *", "The minute is a number from 0 to 59"],
    ["0 25 * * *", "The hour is a number from 0 to 23, and 25 is not."],
    ["0 2 0 * *", "The day of the month is a number from 1 to 31, and 0 is not."],
    ["0 2 * foo *", "The month is 1 to 12 or JAN to DEC, and “FOO” is not."],
    ["0 2 * * 8", "The day of the week is 0 to 7 or SUN to SAT, and 8 is not."],
    ["0 5-1 * * *", "The hour (“5-1”) runs backwards."],
    ["*/0 * * * *", "needs a step of 1 or more"],
    ["1,,2 * * * *", "has a comma too many"],
    ["*/x * * * *", "The minute (“*/X”) cannot be read. Write a number from 0 to 59, * for every one, a range such as 1-5"],
    ["1-2-3 * * * *", "cannot be read"],
    ["0 2 31 2 *", "That day never comes"],
    ["0 2 30,31 2 *", "That day never comes"],
  ])("%j is refused", (cron, why) => {
    const checked = validateSchedule(cron);
    expect(checked.ok ? checked.words : checked.message).toContain(why);
    expect(checked.ok).toBe(false);
  });

  test("whatever is typed, the words are ours, and what passes can be scheduled", () => {
    const word = fc.constantFrom(
      "*",
      "0",
      "1",
      "5",
      "7",
      "12",
      "31",
      "59",
      "60",
      "JAN",
      "SUN",
      "FRI",
      "x",
      "-",
      "/",
      ",",
      "/2",
      "-5",
      ",9",
      "L",
    );
    const part = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(""));
    fc.assert(
      fc.property(fc.array(part, { minLength: 5, maxLength: 5 }), (parts) => {
        const checked = validateSchedule(parts.join(" "));
        if (checked.ok) expect(() => nextRuns(checked.cron, "America/Chicago", new Date("2026-11-18T12:00:00Z"), 1)).not.toThrow();
        else expect(checked.message).not.toMatch(/constraint|invalid|validation|NaN|got value|alias/i);
      }),
      { numRuns: 500 },
    );
  });

  test("the time zone is said", () => {
    expect(describeSchedule("0 2 * * *", "America/Chicago")).toBe("At 2:00 AM, every day (America/Chicago)");
    expect(describeSchedule(null, "America/Chicago")).toBe("Manual only");
  });
});

describe("nextRuns", () => {
  test.each([
    // spring: 2 AM does not exist in Chicago and St John's; the run comes at 3 AM by the new clock
    ["0 2 * * *", "America/Chicago", "2026-03-07T12:00:00Z", ["2026-03-08T08:00", "2026-03-09T07:00", "2026-03-10T07:00"]],
    ["30 2 * * *", "America/Chicago", "2026-03-07T12:00:00Z", ["2026-03-08T08:30", "2026-03-09T07:30", "2026-03-10T07:30"]],
    ["30 2 * * *", "America/St_Johns", "2026-03-07T12:00:00Z", ["2026-03-08T06:00", "2026-03-09T05:00", "2026-03-10T05:00"]],
    ["30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", ["2026-03-29T01:30", "2026-03-30T00:30", "2026-03-31T00:30"]],
    // autumn: 1:30 AM comes twice in America, 2:30 AM in Berlin; the run comes once
    ["30 1 * * *", "America/Chicago", "2026-10-31T12:00:00Z", ["2026-11-01T06:30", "2026-11-02T07:30", "2026-11-03T07:30"]],
    ["30 1 * * *", "America/St_Johns", "2026-10-31T12:00:00Z", ["2026-11-01T04:00", "2026-11-02T05:00", "2026-11-03T05:00"]],
    ["30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", ["2026-10-25T00:30", "2026-10-26T01:30", "2026-10-27T01:30"]],
    // asked between the two: the second is not another run
    ["30 2 * * *", "Europe/Berlin", "2026-10-25T00:45:00Z", ["2026-10-26T01:30", "2026-10-27T01:30", "2026-10-28T01:30"]],
    ["15 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", ["2026-10-25T00:15", "2026-10-25T01:15", "2026-10-25T02:15"]],
    ["0 2 * * *", "Asia/Kathmandu", "2026-03-07T12:00:00Z", ["2026-03-07T20:15", "2026-03-08T20:15", "2026-03-09T20:15"]],
    ["0 */6 * * *", "America/Chicago", "2026-10-31T20:00:00Z", ["2026-10-31T23:00", "2026-11-01T05:00", "2026-11-01T12:00"]],
    ["0 6 * * 1-5", "America/Chicago", "2026-03-06T20:00:00Z", ["2026-03-09T11:00", "2026-03-10T11:00", "2026-03-11T11:00"]],
    ["0 2 29 2 *", "Asia/Kathmandu", "2026-01-01T00:00:00Z", ["2028-02-28T20:15", "2032-02-28T20:15"]],
    ["0 2 1 * 1", "UTC", "2026-11-01T12:00:00Z", ["2026-11-02T02:00", "2026-11-09T02:00", "2026-11-16T02:00"]],
  ])("%s in %s after %s", (cron, zone, from, expected) => {
    expect(iso(nextRuns(cron, zone, new Date(from)))).toEqual(expected);
  });
});

/** What asking for the next one after each comes to, as a worker does that is a little late each time. */
function ticks(cron: string, zone: string, from: Date, to: Date): string[] {
  const seen: Date[] = [];
  for (let [next] = nextRuns(cron, zone, from, 1); next && next <= to; [next] = nextRuns(cron, zone, new Date(next.getTime() + 1_500), 1)) {
    seen.push(next);
  }
  return iso(seen);
}

describe("runs are asked for when the page says", () => {
  const changes: readonly (readonly [string, string])[] = [
    ["America/Chicago", "2026-03-08T03:00:00Z"],
    ["America/Chicago", "2026-11-01T03:00:00Z"],
    ["America/St_Johns", "2026-03-08T02:00:00Z"],
    ["America/St_Johns", "2026-11-01T02:00:00Z"],
    ["Europe/Berlin", "2026-03-28T21:00:00Z"],
    ["Europe/Berlin", "2026-10-24T21:00:00Z"],
    ["Asia/Kathmandu", "2026-03-07T18:00:00Z"],
  ];
  test.each(
    ["0 2 * * *", "30 2 * * *", "30 1 * * *", "0 3 * * *", "0 */6 * * *", "15 1-3 * * *"].flatMap((cron) =>
      changes.map(([zone, from]) => [cron, zone, from] as const),
    ),
  )("%s in %s around %s", (cron, zone, from) => {
    const start = new Date(from);
    const end = new Date(start.getTime() + 8.5 * 3_600_000);
    expect(ticks(cron, zone, start, end)).toEqual(iso(occurrencesBetween(cron, zone, start, end)));
  });
});
