import { describe, expect, it } from "vitest";
import type { PastRun, RunTrace } from "#lib/services/runs/schema.ts";
import { ticksOf, tookInWords } from "./scale.ts";
import { retriesInWords, waitsInWords } from "./wait-words.ts";
import { secondsLeftOf, waterfallOf } from "./waterfall-of.ts";

const trace: RunTrace = {
  steps: [
    { phase: "connect", from: 0, to: 1_000 },
    { phase: "read", from: 1_000, to: null },
  ],
  parts: [
    { name: "/orgs", spans: [{ from: 1_000, to: 2_000 }], rows: 4, of: 4 },
    { name: "/users", spans: [{ from: 2_000, to: null }], rows: 600, of: null },
  ],
  waits: [{ from: 2_500, to: 4_000, cause: "cut-off", part: "/users", rows: 300 }],
  waitCount: 1,
};
const past: PastRun = {
  parts: [],
  issueCounts: null,
  number: 33,
  steps: [
    { phase: "connect", seconds: 1 },
    { phase: "read", seconds: 8 },
    { phase: "normalise", seconds: 2 },
    { phase: "match", seconds: 3 },
    { phase: "guard", seconds: 1 },
    { phase: "apply", seconds: 2 },
  ],
  trace: { ...trace, parts: [{ name: "/users", spans: [{ from: 2_000, to: 9_000 }], rows: 900, of: 900 }] },
  rows: { orgs: 4, users: 900 },
};
const input = { trace, timeline: [], seconds: 5, isEnded: false, rows: {}, applied: null, past };

describe("a run that goes", () => {
  const { length, now, rows } = waterfallOf(input);
  const row = (key: string) => rows.find((one) => one.key === key);

  it("is drawn as far as it is, and dashed from there on as long as the last one took", () => {
    expect(length).toBe(17);
    expect(now).toBeCloseTo(5 / 17);
    expect(row("connect")).toMatchObject({ state: "done", todo: null, took: "1.0 s", done: [{ x: 0, width: 1 / 17 }] });
    expect(row("read")).toMatchObject({ state: "on", rows: "604", took: "4.0 s", todo: { x: 5 / 17, width: 4 / 17 } });
    expect(row("normalise")).toMatchObject({ state: "later", done: [], took: "", todo: { x: 9 / 17, width: 2 / 17 } });
    expect(row("apply")?.todo?.x).toBeCloseTo(15 / 17);
    expect(secondsLeftOf(input)).toBe(12);
  });

  it("has a lane for each list, with the wait in it and its cause beside it", () => {
    expect(row("/orgs")).toMatchObject({ label: "orgs", isPart: true, state: "done", rows: "4", of: "" });
    expect(row("/users")).toMatchObject({ label: "users", state: "on", rows: "600", of: "of 900", took: "3.0 s" });
    expect(row("/users")?.gaps).toEqual([{ x: 2.5 / 17, width: expect.closeTo(1.5 / 17) }]);
    expect(row("/users")?.notes).toEqual(["cut off at row 300, read on after 1.5 s"]);
    expect(row("/users")?.todo).toEqual({ x: 5 / 17, width: expect.closeTo(4 / 17) });
  });

  it("has nothing to be measured by the first time", () => {
    const first = waterfallOf({ ...input, past: null });
    expect(first.length).toBe(5);
    expect(first.rows.every(({ todo }) => todo === null)).toBe(true);
    expect(secondsLeftOf({ ...input, past: null })).toBeNull();
  });
});

it("keeps the steps of an old run, which left how long each took alone, one after the other", () => {
  const timeline = [
    { phase: "connect", startedAt: "", seconds: 1, note: null },
    { phase: "read", startedAt: "", seconds: 3, note: null },
  ] as const;
  const { rows, now, length } = waterfallOf({
    ...input,
    trace: null,
    timeline,
    isEnded: true,
    seconds: 4,
    rows: { users: 12 },
    past: null,
  });
  expect(now).toBeNull();
  expect(length).toBe(4);
  expect(rows.map(({ key }) => key)).toEqual(["connect", "read"]);
  expect(rows[1]).toMatchObject({ rows: "12", took: "3.0 s", done: [{ x: 0.25, width: 0.75 }] });
});

it("draws the step of a run that was cut short to the run's end", () => {
  const { rows } = waterfallOf({ ...input, isEnded: true, past: null });
  expect(rows.find(({ key }) => key === "read")).toMatchObject({ state: "done", took: "4.0 s", done: [{ x: 0.2, width: 0.8 }] });
  expect(rows.some(({ key }) => key === "normalise")).toBe(false);
});

it("puts round moments on the axis", () => {
  expect(ticksOf(18, 4).map(({ label }) => label)).toEqual(["0 s", "5", "10", "15"]);
  expect(ticksOf(3.3, 4).map(({ label }) => label)).toEqual(["0 s", "1", "2", "3"]);
  expect(ticksOf(0.9, 4).map(({ label }) => label)).toEqual(["0 s", "0.5"]);
  expect(ticksOf(400, 4).map(({ label }) => label)).toEqual(["0 min", "2", "4", "6"]);
  expect(ticksOf(90_000, 4).at(0)?.label).toBe("0 h");
  expect([0.01, 0.84, 11.24, 200].map(tookInWords)).toEqual(["<0.1 s", "0.8 s", "11.2 s", "3 min 20 s"]);
});

it("counts retries apart from waits that the SIS asked for", () => {
  const wait = { from: 0, to: 1_000, part: "/users", rows: 0 } as const;
  const waits = [
    { ...wait, cause: "server-error" },
    { ...wait, cause: "rate-limit" },
  ] as const;
  expect(retriesInWords({ waits, waitCount: 2 })).toBe("1 retry, 1 wait");
  expect(retriesInWords({ waits, waitCount: 12 })).toBe("11 retries, 1 wait");
  expect(retriesInWords(null)).toBeNull();
  expect(waitsInWords([...waits, { ...wait, cause: "rate-limit", to: null }], 3_000)).toEqual([
    "the SIS answered with an error, read on after 1.0 s",
    "the SIS asked Aivo to wait, 2 times; waited 4.0 s",
  ]);
});
