import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDate } from "./date.ts";

describe("parseDate", () => {
  it.each([
    ["2026-08-05", "2026-08-05"],
    [" 2026-08-05\u00A0", "2026-08-05"],
    ["2026-8-5", "2026-08-05"],
    ["2026/08/05", "2026-08-05"],
    ["20260805", "2026-08-05"],
    ["2026-08-05T04:00:00.000Z", "2026-08-05"],
    ["2026-08-05T23:30:00-05:00", "2026-08-05"],
    ["2026-08-05 00:00:00", "2026-08-05"],
    ["2026-08-05t00:00z", "2026-08-05"],
    ["2028-02-29", "2028-02-29"],
    ["2000-02-29", "2000-02-29"],
    ["9999-12-31", "9999-12-31"],
  ])("reads %j as %j", (text, date) => expect(parseDate(text)).toBe(date));

  it.each([
    "",
    "2026-02-29",
    "2026-02-30",
    "1900-02-29",
    "2026-04-31",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "0001-01-01",
    "0000-00-00",
    "8/5/2026",
    "05.08.2026",
    "2026-08",
    "2026-08-05 noon",
    "2026-08-05T",
    "tomorrow",
    "46239",
    "2026-08/05",
    "2026-08-0５",
    "9".repeat(10_000),
  ])("refuses %j", (text) => expect(parseDate(text)).toBeNull());

  it("reads every day of the calendar as itself", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date("1900-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }), (date) => {
        const day = date.toISOString().slice(0, 10);
        expect(parseDate(day)).toBe(day);
        expect(parseDate(date.toISOString())).toBe(day);
      }),
    );
  });

  it("agrees with the calendar about which days exist", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1900, max: 2200 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (year, month, day) => {
          const text = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
          const date = new Date(Date.UTC(year, month - 1, day));
          const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCFullYear() === year;
          expect(parseDate(text)).toBe(exists ? text : null);
        },
      ),
    );
  });
});
