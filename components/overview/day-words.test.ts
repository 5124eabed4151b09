import { expect, test } from "vitest";
import { momentWords, nightsWords, spanWords } from "./day-words.ts";

test("nights are counted in words", () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 29, 111].map(nightsWords)).toEqual([
    "New",
    "2nd night",
    "3rd night",
    "4th night",
    "11th night",
    "12th night",
    "13th night",
    "21st night",
    "22nd night",
    "29th night",
    "111th night",
  ]);
});

test("days are told as the reader has them", () => {
  expect(momentWords("2026-11-19T08:00:00Z", "2026-11-18", "America/Chicago")).toBe("tomorrow at 2:00 AM");
  expect(momentWords("2026-11-18T08:00:00Z", "2026-11-18", "America/Chicago")).toBe("today at 2:00 AM");
  expect(momentWords("2026-11-21T08:00:00Z", "2026-11-18", "America/Chicago")).toBe("Sat, Nov 21 at 2:00 AM");
  expect(spanWords("2026-11-26", "2026-11-27")).toBe("Nov 26–27");
  expect(spanWords("2026-12-21", "2027-01-01")).toBe("Dec 21 – Jan 1");
  expect(spanWords("2026-12-21", "2026-12-21")).toBe("Dec 21");
});
