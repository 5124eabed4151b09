import { expect, test } from "vitest";
import { setLocal } from "./set-local.ts";

test("settings become one message", () => {
  expect(setLocal({ role: "aivo_app", lock_timeout: "3s" })).toBe("set local role = 'aivo_app'; set local lock_timeout = '3s';");
});

test.each(["'", "a'; drop table accounts; --", "", "a b", "a\\"])("a value that would need quotes is refused: %j", (value) => {
  expect(() => setLocal({ role: value })).toThrow(RangeError);
  expect(() => setLocal({ [`role${value} `]: "aivo_app" })).toThrow(RangeError);
});
