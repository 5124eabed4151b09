import { expect, it } from "vitest";
import type { ReadProgress } from "#lib/engine/sis/source.ts";
import { Tracer } from "./tracer.ts";

const progress = (part: string, more: Partial<ReadProgress> = {}): ReadProgress => ({ doneBytes: 0, totalBytes: null, part, ...more });

function traced() {
  const clock = { ms: 0 };
  return { clock, tracer: new Tracer(() => clock.ms) };
}

it("notes when steps and the parts of a read begin and end", () => {
  const { clock, tracer } = traced();
  tracer.enter("connect");
  clock.ms = 800.4;
  tracer.leave();
  tracer.enter("read");
  tracer.read(progress("/orgs", { rows: 0 }));
  clock.ms = 900;
  tracer.read(progress("/orgs", { rows: 4, ofRows: 4, isEnd: true }));
  tracer.read(progress("/users", { rows: 0 }));
  clock.ms = 2_000;
  tracer.read(progress("/users", { rows: 500, ofRows: 900 }));
  expect(tracer.rowsRead()).toBe(504);
  expect(tracer.trace()).toEqual({
    steps: [
      { phase: "connect", from: 0, to: 800 },
      { phase: "read", from: 800, to: null },
    ],
    parts: [
      { name: "/orgs", spans: [{ from: 800, to: 900 }], rows: 4, of: 4 },
      { name: "/users", spans: [{ from: 900, to: null }], rows: 500, of: 900 },
    ],
    waits: [],
    waitCount: 0,
  });
  tracer.leave();
  expect(tracer.trace().parts.at(-1)?.spans).toEqual([{ from: 900, to: 2_000 }]);
});

it("tells a wait of one list from that of a read that begins again, and one of several pages once", () => {
  const { clock, tracer } = traced();
  tracer.read(progress("users.csv", { rows: 10 }));
  tracer.read(progress("orgs.csv", { rows: 4, isEnd: true }));
  clock.ms = 100;
  const over = tracer.wait({ cause: "rate-limit", place: "/v1/users.csv" });
  tracer.wait({ cause: "rate-limit", place: "/v1/users.csv" })();
  clock.ms = 300;
  over();
  const again = tracer.wait({ cause: "cut-off", place: "download users.csv", beginsAgain: true });
  clock.ms = 500;
  again();
  tracer.read(progress("users.csv", { rows: 0 }));
  const { parts, waits, waitCount } = tracer.trace();
  expect(waits).toEqual([
    { from: 100, to: 300, cause: "rate-limit", part: "users.csv", rows: 10 },
    { from: 300, to: 500, cause: "cut-off", part: "users.csv", rows: 10 },
  ]);
  expect(waitCount).toBe(3);
  expect(parts[0]?.spans).toEqual([
    { from: 0, to: 300 },
    { from: 500, to: null },
  ]);
});

it("stays small, however often the SIS is waited for", () => {
  const { clock, tracer } = traced();
  for (let n = 0; n < 500; n++) {
    clock.ms += 10;
    tracer.read(progress(`/part-${n}`, { rows: n }));
    tracer.read(progress("/part-0", { isEnd: true }));
    tracer.wait({ cause: "server-error", place: `/part-${n}` })();
    tracer.enter("match");
  }
  expect(JSON.stringify(tracer.trace()).length).toBeLessThan(10_000);
  expect(tracer.trace().waitCount).toBe(500);
});
