import { describe, expect, it } from "vitest";
import { memoise, vocabulary } from "./vocabulary.ts";

describe("vocabulary", () => {
  const read = vocabulary({ gradingPeriod: 1, term: 2 });

  it.each(["gradingPeriod", "GRADINGPERIOD", " grading period ", "grading_period", "\uFEFFGrading-Period"])("reads %j", (text) => {
    expect(read(text)).toBe(1);
    expect(read(text)).toBe(1);
  });

  it.each(["", "quarter", "constructor", "__proto__", "term".repeat(1000)])("does not know %j", (text) =>
    expect(read(text)).toBeUndefined(),
  );
});

describe("memoise", () => {
  it("answers as the function does, for any number of texts", () => {
    const double = memoise((text) => text + text);
    for (let round = 0; round < 2; round++) for (let n = 0; n < 10_000; n++) expect(double(String(n))).toBe(`${n}${n}`);
  });

  it("computes once for a remembered text, also when the answer is nothing", () => {
    let calls = 0;
    const read = memoise((text) => {
      calls++;
      return text === "x" ? undefined : null;
    });
    read("x");
    read("x");
    read("y");
    read("y");
    expect(calls).toBe(2);
  });
});
