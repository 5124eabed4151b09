import { expect, test } from "vitest";
import { refusalOf } from "./server-version.ts";

test("PostgreSQL 15 and newer are used; what is older is refused by its name", () => {
  for (const number of [150_000, 150_018, 160_000, 180_004, 190_000]) expect(refusalOf({ number, name: "" })).toBeNull();
  expect(refusalOf({ number: 140_023, name: "14.23 (Debian 14.23-1)" })).toBe(
    "The server that DATABASE_URL names is PostgreSQL 14.23 (Debian 14.23-1); Aivo needs 15 or newer. Nothing was changed.",
  );
  expect(refusalOf({ number: 90_624, name: "9.6.24" })).toContain("PostgreSQL 9.6.24");
});
