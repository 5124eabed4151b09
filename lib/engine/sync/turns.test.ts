import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

const never = new AbortController().signal;

test("a few at once, the others in the order in which they came", async () => {
  const turns = new Turns(2);
  const came: number[] = [];
  const [first, second] = [await turns.take(never), await turns.take(never)];
  const third = turns.take(never).then((turn) => {
    came.push(3);
    return turn;
  });
  const fourth = turns.take(never).then((turn) => {
    came.push(4);
    return turn;
  });
  await Promise.resolve();
  expect(came).toEqual([]);
  second[Symbol.dispose]();
  const turn = await third;
  expect(came).toEqual([3]);
  turn[Symbol.dispose]();
  (await fourth)[Symbol.dispose]();
  first[Symbol.dispose]();
  expect(came).toEqual([3, 4]);
  (await turns.take(never))[Symbol.dispose]();
});

test("who gives up while waiting takes nobody's turn", async () => {
  const turns = new Turns(1);
  const held = await turns.take(never);
  const cancelled = new AbortController();
  const waiting = turns.take(cancelled.signal);
  const next = turns.take(never);
  cancelled.abort(new Error("cancelled"));
  await expect(waiting).rejects.toThrow("cancelled");
  await expect(turns.take(cancelled.signal)).rejects.toThrow("cancelled");
  held[Symbol.dispose]();
  (await next)[Symbol.dispose]();
  (await turns.take(never))[Symbol.dispose]();
});
