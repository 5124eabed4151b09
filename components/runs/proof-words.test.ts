import { expect, test } from "vitest";
import type { RunInput } from "#lib/services/runs/schema.ts";
import { olderThanBefore, proofOf } from "./proof-words.ts";

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

test("of files the first line is what the manifest promised, where there is one", () => {
  const input = {
    parts: [part("orgs.csv", null)],
    modes: { orgs: "bulk" },
    rows: { orgs: 2 },
    notRostered: {},
    notes: [],
  } as unknown as RunInput;
  expect(proofOf(input, "manifest.csv names 6 roster files: 6 found").lines[0]).toEqual({
    what: "manifest.csv names 6 roster files",
    how: "6 found",
  });
  expect(proofOf(input, null).lines[0]?.what).toBe("Each file ends where its size says");
});
