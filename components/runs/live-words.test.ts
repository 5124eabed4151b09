import { expect, it } from "vitest";
import { type LiveRun, liveFigures, liveSentence, roughly } from "./live-words.ts";

const progress = { phase: "read", fraction: 0.2, rows: 8186, rowsPerSecond: 1840, secondsLeft: 8, part: "enrollments.csv" } as const;
const run: LiveRun = {
  name: "Sync 35",
  state: "running",
  progress,
  trace: {
    steps: [{ phase: "read", from: 0, to: null }],
    parts: [{ name: "enrollments.csv", spans: [{ from: 0, to: null }], rows: 8186, of: null }],
    waits: [],
    waitCount: 0,
  },
  secondsRunning: 9,
  cancelRequested: false,
  past: null,
};

it("says what a run does, how long it goes on, and that nothing has changed", () => {
  expect(liveSentence(run)).toEqual(["Sync 35 is reading enrollments: about 8 seconds to go.", "Nothing has changed in Aivo yet."]);
  expect(liveSentence({ ...run, progress: { ...progress, phase: "match", secondsLeft: null } })[0]).toBe(
    "Sync 35 is matching and planning.",
  );
  expect(liveSentence({ ...run, progress: null })[0]).toBe("Sync 35 is connecting to the SIS.");
  expect(liveSentence({ ...run, state: "queued", progress: null })[0]).toBe("Sync 35 waits for a worker.");
  expect(liveSentence({ ...run, cancelRequested: true })).toEqual(["Sync 35 is stopping.", "Nothing has changed in Aivo."]);
  expect(liveSentence({ ...run, state: "applying" })[1]).toBe("All of it is written, or none.");
  expect([1, 8.2, 100, 7000].map(roughly)).toEqual(["a moment", "about 8 seconds", "about 2 minutes", "about 2 hours"]);
});

it("counts rows against what the SIS says, or what there was the last time", () => {
  const past = {
    number: 34,
    steps: [{ phase: "read", seconds: 12 }],
    trace: null,
    parts: [],
    issueCounts: null,
    rows: { enrollments: 12_370 },
  } as const;
  expect(liveFigures({ ...run, past })).toEqual({ rows: 8186, ofRows: 12_370, rowsPerSecond: 1840, secondsLeft: 3 });
  expect(liveFigures(run)).toEqual({ rows: 8186, ofRows: null, rowsPerSecond: 1840, secondsLeft: 8 });
});
