import { expect, test } from "vitest";
import { plannedPause } from "./open.ts";

const now = new Date("2026-05-20T12:00:00Z");
const district = (pause_start: string | null, pause_end: string | null = null) => ({ id: "d", pause_start, pause_end });

test.each([
  [district(null), null],
  [district("soon"), null],
  // Too far ahead, then near, then begun, then over.
  [district("2026-06-10T00:00:00Z", "2026-08-01T00:00:00Z"), null],
  [district("2026-06-01T00:00:00Z", "2026-08-01T00:00:00Z"), { from: "2026-06-01", until: "2026-08-01" }],
  [district("2026-05-01T00:00:00Z", "2026-08-01T00:00:00Z"), { from: "2026-05-01", until: "2026-08-01" }],
  [district("2026-05-01T00:00:00Z"), { from: "2026-05-01", until: null }],
  [district("2026-04-01T00:00:00Z", "2026-05-20T11:59:59Z"), null],
])("%j", (of, expected) => {
  expect(plannedPause(of, now)).toEqual(expected);
});
