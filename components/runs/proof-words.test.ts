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

test.each([
  ["Read to the last row", "bulk", {}],
  ["Read every change since the last sync", "delta", {}],
  ["Read to the last row", "bulk", { roles: "bulk" }],
  ["Read everything, of some lists what changed", "bulk", { users: "delta", roles: "delta" }],
  ["Read that nothing has changed", "absent", {}],
  ["Read every change that was sent", "absent", { roles: "delta" }],
] as const)("of a set of files: %s", (title, mode, more) => {
  const modes = {
    orgs: mode,
    academicSessions: mode,
    courses: mode,
    classes: mode,
    users: mode,
    enrollments: mode,
    roles: "absent",
    ...more,
  } as const;
  const input = { parts: [part("manifest.csv", null)], modes, rows: {}, notRostered: {}, notes: [], fingerprint: null };
  expect(proofOf(input, null).title).toBe(title);
});
