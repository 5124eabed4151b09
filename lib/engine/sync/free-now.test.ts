import { expect, test } from "vitest";
import { freeNow } from "./free-now.ts";

test("arrays that have memory to themselves are freed, together as well as alone", () => {
  const alone = new Uint32Array(10);
  const buffer = new ArrayBuffer(100);
  const together = [new Uint32Array(buffer, 4, 16), new Uint8Array(buffer, 68, 32)];
  freeNow(alone, ...together);
  expect([alone, ...together].map(({ byteLength }) => byteLength)).toEqual([0, 0, 0]);
});

test("what shares its memory with others is left", () => {
  const buffer = new ArrayBuffer(100);
  const [mine, others] = [new Uint8Array(buffer, 0, 50).fill(1), new Uint8Array(buffer, 50).fill(2)];
  freeNow(mine);
  expect(others.every((byte) => byte === 2)).toBe(true);
  expect(others.length).toBe(50);
});
