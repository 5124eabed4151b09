import { expect, test } from "vitest";
import { formatDateTime, formatDay, formatDuration, formatExact, formatInSentence, formatRelative } from "./date-time.ts";
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

test.each([
  ["2026-11-18T08:00:00Z", "Today, 2:00 AM", "today at 2:00 AM"],
  // Already the 19th in London, still the 18th in Chicago.
  ["2026-11-19T05:59:00Z", "Today, 11:59 PM", "today at 11:59 PM"],
  ["2026-11-17T08:00:00Z", "Yesterday, 2:00 AM", "yesterday at 2:00 AM"],
  ["2026-11-19T08:00:00Z", "Tomorrow, 2:00 AM", "tomorrow at 2:00 AM"],
  ["2026-11-16T08:00:00Z", "Mon, 2:00 AM", "Monday at 2:00 AM"],
  ["2026-11-12T08:00:00Z", "Thu, 2:00 AM", "Thursday at 2:00 AM"],
  ["2026-11-24T08:00:00Z", "Tue, 2:00 AM", "Tuesday at 2:00 AM"],
  ["2026-11-11T19:15:00Z", "Nov 11, 1:15 PM", "Nov 11 at 1:15 PM"],
  ["2025-12-30T19:15:00Z", "Dec 30, 2025, 1:15 PM", "Dec 30, 2025 at 1:15 PM"],
])("%s is %s to who reads it on Nov 18", (at, alone, inSentence) => {
  const now = new Date("2026-11-18T21:00:00Z");
  expect(formatDateTime(new Date(at), "America/Chicago", now)).toBe(alone);
  expect(formatInSentence(new Date(at), "America/Chicago", now)).toBe(inSentence);
});

test("yesterday is the day before, also where it had 25 hours", () => {
  expect(formatDateTime(new Date("2026-11-01T05:30:00Z"), "America/Chicago", new Date("2026-11-02T05:45:00Z"))).toBe("Today, 12:30 AM");
  expect(formatDateTime(new Date("2026-11-01T05:30:00Z"), "America/Chicago", new Date("2026-11-02T06:15:00Z"))).toBe("Yesterday, 12:30 AM");
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
