import { expect, it } from "vitest";
import { readStatus } from "./status.ts";

it.each(["active", "Active", "", " ", "ACTIVE\u200B"])("%j is active", (text) => expect(readStatus(text)).toBe("active"));
it.each(["tobedeleted", "toBeDeleted", "to be deleted", "inactive", "INACTIVE "])("%j is withdrawn", (text) =>
  expect(readStatus(text)).toBe("withdrawn"),
);
it.each(["deleted?", "pending", "0"])("%j is not guessed", (text) => expect(readStatus(text)).toBeUndefined());
