import { expect, test } from "vitest";
import { beside } from "./beside.ts";

const refuse = (words: string) => () => Promise.reject(new Error(words));
const refuseAtOnce = (words: string) => () => {
  throw new Error(words);
};

test("answers both", async () => {
  expect(
    await beside(
      async () => 1,
      async () => "two",
    ),
  ).toEqual([1, "two"]);
});

test.each([refuse, refuseAtOnce])("the first one's refusal is told, however late it comes", async (others) => {
  const late = () => new Promise<never>((_, reject) => setImmediate(() => reject(new Error("there is no such person"))));
  await expect(beside(late, others("no uuid"))).rejects.toThrow("there is no such person");
});

test("what the others refuse is told where the first is answered", async () => {
  await expect(beside(async () => 1, refuse("the database is gone"))).rejects.toThrow("the database is gone");
});

test("the others are not asked where the first refuses before it asks anybody", async () => {
  await expect(beside(refuseAtOnce("no uuid"), refuseAtOnce("asked"))).rejects.toThrow("no uuid");
});
