import { expect, test } from "vitest";
import { olderThanBefore } from "./proof-words.ts";

const part = (name: string, modified: string | null) => ({ name, modified, bytes: 9, sha256: null });

test("a file that was not written since the sync before is named", () => {
  const before = [part("users.csv", "2026-11-17T07:41:00.000Z"), part("orgs.csv", "2026-11-17T07:41:00.000Z")];
  const now = [
    part("users.csv", "2026-11-18T07:41:00.000Z"),
    part("orgs.csv", "2026-11-17T07:41:00.000Z"),
    part("new.csv", "2026-11-18T07:41:00.000Z"),
  ];
  expect(olderThanBefore(now, before)).toEqual(["orgs.csv"]);
  expect(olderThanBefore(now.slice(0, 1), before)).toEqual([]);
  expect(olderThanBefore([part("/users", null)], [part("/users", null)])).toBeNull();
});
