import { expect, test } from "vitest";
import { formatDateTime, formatDay, formatDuration, formatExact, formatRelative } from "./date-time.ts";
import { formatGrade, formatGrades } from "./grade.ts";
import { formatBytes, formatCount } from "./number.ts";

const autumn = new Date("2026-11-01T06:30:00Z");

test("a moment is told in the zone that it is asked for, the exact one with its offset's name", () => {
  expect(formatDateTime(autumn, "America/Chicago")).toBe("Nov 1, 2026, 1:30 AM");
  expect(formatDateTime(autumn, "Asia/Kathmandu")).toBe("Nov 1, 2026, 12:15 PM");
  // The hour that happens twice when the clocks go back.
  expect(formatExact(autumn, "America/Chicago")).toContain("1:30:00 AM CDT");
  expect(formatExact(new Date("2026-11-01T07:30:00Z"), "America/Chicago")).toContain("1:30:00 AM CST");
});

test("a day without a time is the same day everywhere", () => {
  expect(formatDay("2026-11-03")).toBe("Nov 3, 2026");
});

test.each([
  ["2026-11-01T06:29:50Z", "just now"],
  ["2026-11-01T06:25:00Z", "5 minutes ago"],
  ["2026-11-01T09:30:00Z", "in 3 hours"],
  ["2026-10-31T06:30:00Z", "yesterday"],
  ["2026-11-01T06:30:20Z", "in less than a minute"],
])("%s is %s", (at, words) => {
  expect(formatRelative(new Date(at), autumn)).toBe(words);
});

test.each([
  [0.4, "under 1 s"],
  [42, "42 s"],
  [59.7, "1 min"],
  [200, "3 min 20 s"],
  [3600, "1 h"],
  [3900, "1 h 5 min"],
  [0, "0 s"],
])("%s seconds are %s", (seconds, words) => {
  expect(formatDuration(seconds)).toBe(words);
});

test.each([
  [["KG", "01", "02", "03", "04", "05"], "K–5"],
  [["08", "06", "07"], "6–8"],
  [["03"], "Grade 3"],
  [["PK", "07", "09"], "Pre-K, 7, 9"],
  [["PK", "KG", "01", "02"], "Pre-K, K–2"],
  [[], ""],
])("grades %j are %s", (codes, words) => {
  expect(formatGrades(codes)).toBe(words);
});

test("grades, counts and sizes in words", () => {
  expect(formatGrade("TK")).toBe("Transitional K");
  expect(formatGrade("new")).toBe("new");
  expect(formatCount(1, "learner")).toBe("1 learner");
  expect(formatCount(12_345, "entry", "entries")).toBe("12,345 entries");
  expect([12, 1_400, 25_600_000].map(formatBytes)).toEqual(["12 B", "1.4 kB", "26 MB"]);
});
