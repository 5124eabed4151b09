import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { revealAtOnce } from "./reveal.ts";

// What the server of this version of React writes into a page for each part that comes late.
const server = readFileSync("node_modules/next/dist/compiled/react-dom/cjs/react-dom-server.node.production.js", "utf8");

test("what comes after its skeleton is shown before the next frame, not after 300 ms", () => {
  const [, painted] = /requestAnimationFrame\(function\(\)\{(\$RT=performance\.now\(\))\}\);/.exec(server) ?? [];
  const [reveal] = /\$RC=function\(a,b\)\{.*?\};(?=')/.exec(server) ?? [];
  expect([painted, reveal]).not.toContain(undefined);
  const asked = (before: string) => {
    const calls: string[] = [];
    const page = {
      performance: { now: () => 100 },
      requestAnimationFrame: () => calls.push("frame"),
      setTimeout: (_: unknown, ms: number) => calls.push(`${ms} ms`),
      document: { getElementById: () => ({ previousSibling: {} }) },
    };
    runInNewContext(`window=globalThis;${before};$RB=[];$RV=function(){};${reveal};${painted};$RC("B:0","S:0")`, page);
    return calls;
  };
  expect(asked("")).toEqual(["300 ms"]);
  expect(asked(revealAtOnce)).toEqual(["frame"]);
});
