import { expect, test } from "vitest";
import type { Night } from "#lib/services/overview/nights-schema.ts";
import { nightWords, whenRan } from "./night-words.ts";
import { daysOf, downOf, heights, scaleOf, toneOf } from "./scale.ts";

const night = (day: string, figures: Partial<Night> = {}): Night => ({
  day,
  integrationId: "i",
  runId: "r",
  runCount: 1,
  from: `${day}T08:00:00.000Z`,
  to: `${day}T08:00:00.000Z`,
  arrived: 0,
  left: 0,
  still: 0,
  changed: 0,
  isAtLeast: false,
  isFirst: false,
  mark: null,
  ...figures,
});

test("one is seen beside many, and the largest night fills the room", () => {
  const scale = scaleOf([night("2026-11-09", { arrived: 12, left: 9 }), night("2026-11-10", { arrived: 1 })]);
  expect(scale.of(12)).toBe(heights.up);
  expect(scale.of(1)).toBeCloseTo(16.7);
  expect([scale.up, scale.left]).toEqual([
    [1, 4, 12],
    [1, 4, 9],
  ]);
  const large = scaleOf([night("2026-11-09", { arrived: 900 })]);
  expect(large.up.at(-1)).toBe(900);
  const gaps = large.up.map((value, n) => large.of(value) - (n === 0 ? 0 : large.of(large.up[n - 1] ?? 0)));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(13);
});

test("a first import stands apart from the scale, and who can still sign in counts downwards", () => {
  const scale = scaleOf([night("2026-11-09", { arrived: 1442, isFirst: true }), night("2026-11-10", { left: 1, still: 3, arrived: 4 })]);
  expect(scale.of(4)).toBe(heights.up);
  expect(scale.down).toBe(heights.up);
  expect(scaleOf([]).up).toEqual([]);
});

test("no column reaches beyond the room of the band, also not on the day of a first import that withdrew many as well", () => {
  const first = night("2026-11-09", { arrived: 1442, left: 900, still: 90, isFirst: true });
  for (const others of [[], [night("2026-11-10", { arrived: 4, left: 9 })]]) {
    const scale = scaleOf([first, ...others]);
    for (const { leftHeight, stillHeight } of [first, ...others].map((one) => downOf(one, scale)))
      expect(leftHeight + stillHeight).toBeLessThanOrEqual(scale.down);
  }
  const scale = scaleOf([night("2026-11-10", { left: 1, still: 3 })]);
  expect(downOf(night("2026-11-10", { left: 1, still: 3 }), scale)).toEqual({ leftHeight: 29, stillHeight: 29 });
});

test("the tones of how many changed", () => {
  expect([0, 1, 4, 5, 9, 10, 24, 25, 900].map(toneOf)).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4]);
});

test("days without a sync keep their place, also over a change of the clocks", () => {
  expect(daysOf([night("2026-10-31"), night("2026-11-02")]).map(({ day, night: one }) => [day, one !== null])).toEqual([
    ["2026-10-31", true],
    ["2026-11-01", false],
    ["2026-11-02", true],
  ]);
});

test("a night is told in words", () => {
  expect(nightWords(night("2026-11-18"))).toBe("Wed, Nov 18: nothing changed");
  expect(nightWords(night("2026-11-18", { arrived: 4, still: 2, changed: 5 }))).toBe(
    "Wed, Nov 18: 4 arrived, 2 left and can still sign in, 5 changed",
  );
  expect(nightWords(night("2026-11-18", { mark: "failed" }))).toBe("Wed, Nov 18: failed, nothing changed");
  expect(nightWords(night("2026-11-18", { mark: "approved", left: 1200, changed: 30, isAtLeast: true }))).toBe(
    "Wed, Nov 18: held, then approved, 1,200 left, at least 30 changed",
  );
  expect(nightWords(night("2026-11-18", { isFirst: true, arrived: 1442, changed: 3 }))).toBe("Wed, Nov 18: first import, 1,442 arrived");
});

test("when syncs ran is told as the district has it: from 6 PM to 8 AM it is night", () => {
  const ran = (day: string, from: string, to = from) => whenRan({ day, from, to }, "2026-11-18", "America/Chicago");
  expect(ran("2026-11-18", "2026-11-18T08:00:00Z")).toBe("last night");
  expect(ran("2026-11-18", "2026-11-18T13:59:00Z")).toBe("last night");
  expect(ran("2026-11-18", "2026-11-18T14:00:00Z")).toBe("today");
  expect(ran("2026-11-18", "2026-11-18T08:00:00Z", "2026-11-18T19:00:00Z")).toBe("today");
  expect(ran("2026-11-18", "2026-11-19T03:00:00Z")).toBe("today");
  expect(ran("2026-11-17", "2026-11-18T00:00:00Z")).toBe("last night");
  expect(ran("2026-11-17", "2026-11-17T23:59:00Z")).toBe("yesterday");
  expect(ran("2026-11-17", "2026-11-17T08:00:00Z", "2026-11-18T04:00:00Z")).toBe("yesterday");
  expect(ran("2026-11-16", "2026-11-16T08:00:00Z")).toBe("on Monday");
  expect(ran("2026-11-11", "2026-11-11T08:00:00Z")).toBe("on Nov 11");
  // Of one moment each zone says its own.
  expect(whenRan({ day: "2026-11-18", from: "2026-11-18T08:00:00Z", to: "2026-11-18T08:00:00Z" }, "2026-11-18", "Asia/Kathmandu")).toBe(
    "today",
  );
});
