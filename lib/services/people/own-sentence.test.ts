import { expect, test } from "vitest";
import { ownSentence } from "./own-sentence.ts";

test("one is told how many classes one has, and how many are to come", () => {
  const rooms = (now: number, upcoming: number) => [
    ...Array.from({ length: now }, () => ({ when: "now" }) as const),
    ...Array.from({ length: upcoming }, () => ({ when: "upcoming" }) as const),
    { when: "ended" } as const,
  ];
  expect(ownSentence("learner", rooms(7, 0))).toBe("You are in 7 classes now.");
  expect(ownSentence("teacher", rooms(1, 1))).toBe("You teach 1 class now. 1 class begins later.");
  expect(ownSentence("learner", rooms(0, 2))).toBe("You are in no class now. 2 classes begin later.");
});
