import { afterEach, expect, test, vi } from "vitest";
import { linesAMinute, noteRefusal } from "./refusals.ts";

afterEach(() => void vi.restoreAllMocks());

test("nobody can fill the log, and nobody who does keeps others out of it", () => {
  let nowMs = performance.now() + 3_600_000;
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  const written: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((line) => written.push(String(line)) > 0);
  const lines = () => written.splice(0).map((line) => JSON.parse(line));
  for (let n = 0; n < 500; n++) noteRefusal("api", "forbidden", { requestId: null, who: "loud" });
  expect(lines()).toHaveLength(linesAMinute);
  noteRefusal("api", "forbidden", { requestId: null, who: "quiet" });
  noteRefusal("portal", "forbidden", { requestId: null, who: "loud" });
  expect(lines()).toMatchObject([
    { who: "quiet", door: "api" },
    { who: "loud", door: "portal" },
  ]);
  for (let n = 0; n < 5_000; n++) noteRefusal("api", "forbidden", { requestId: null, who: `one of many ${n}` });
  expect(lines().length).toBeLessThan(1_100);
  nowMs += 60_000;
  noteRefusal("api", "forbidden", { requestId: null, who: "loud" });
  expect(lines()).toMatchObject([{ who: "loud", leftOut: expect.any(Number) }]);
});
